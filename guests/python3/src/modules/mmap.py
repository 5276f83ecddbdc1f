"""There is no memory that could be a file's."""

raise ImportError("mmap is not available: a WebAssembly program has one memory, and no file can be mapped into it")
