"""Windows: a job object that ends a worker and all it started, when told or when the host ends.

It has not been run on a Windows machine yet. Where this module can do nothing, importing it does
no harm.
"""

import ctypes
from typing import Any

_EXTENDED_LIMIT_INFORMATION = 9
_LIMIT_PROCESS_MEMORY = 0x100
_LIMIT_KILL_ON_JOB_CLOSE = 0x2000


class _BasicLimits(ctypes.Structure):
    _fields_ = [
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    ]


class _ExtendedLimits(ctypes.Structure):
    _fields_ = [
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    ]


class Job:
    """Holds one process and those it starts; they end with it. ``OSError`` if Windows refuses."""

    def __init__(self, process_handle: int, memory_limit_mb: int | None) -> None:
        windows: Any = ctypes
        self._kernel = windows.WinDLL("kernel32", use_last_error=True)
        self._kernel.CreateJobObjectW.restype = ctypes.c_void_p
        self._handle = ctypes.c_void_p(self._kernel.CreateJobObjectW(None, None))
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _LIMIT_KILL_ON_JOB_CLOSE
        if memory_limit_mb is not None:
            limits.BasicLimitInformation.LimitFlags |= _LIMIT_PROCESS_MEMORY
            limits.ProcessMemoryLimit = memory_limit_mb * 1024 * 1024
        self._check(
            self._kernel.SetInformationJobObject(
                self._handle,
                _EXTENDED_LIMIT_INFORMATION,
                ctypes.byref(limits),
                ctypes.sizeof(limits),
            )
        )
        self._check(
            self._kernel.AssignProcessToJobObject(self._handle, ctypes.c_void_p(process_handle))
        )

    def end(self) -> None:
        """End all that is in it, now."""
        self._kernel.TerminateJobObject(self._handle, 1)

    def close(self) -> None:
        """Let go of it, which ends what is left in it."""
        self._kernel.CloseHandle(self._handle)

    @staticmethod
    def _check(is_done: int) -> None:
        if not is_done:
            windows: Any = ctypes
            raise windows.WinError(windows.get_last_error())
