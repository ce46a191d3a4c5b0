# Every target calls one script, so all of them also work without make: python3 -m scripts.run TARGET
PYTHON ?= python3

.PHONY: help demo demo-dotnet test test-all lint docs bench clean

help:
	@$(PYTHON) -m scripts.run --help

demo demo-dotnet test test-all lint docs bench clean:
	@$(PYTHON) -m scripts.run $@
