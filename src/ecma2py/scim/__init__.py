"""The SCIM 2.0 protocol as pure functions: no socket, no file, no thread.

``errors`` what a client is told; ``filters`` and ``paths`` the text of RFC 7644 as trees and back;
``names`` which attribute names exist; ``evaluate`` filters applied to resources.
"""
