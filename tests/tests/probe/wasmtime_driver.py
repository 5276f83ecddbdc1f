# Runs the module that each line of standard input names, in a fresh directory; prints how it ended.
import shutil
import sys
import tempfile

import wasmtime


def strings(name):
    return [text.decode() for text in open(name, "rb").read().split(b"\0")]


arguments = strings("arguments")
environment = [pair.split("=", 1) for pair in strings("environment")]
engine = wasmtime.Engine()
linker = wasmtime.Linker(engine)
linker.define_wasi()

for line in sys.stdin:
    name = line.strip()
    folder = tempfile.mkdtemp(dir=".")
    config = wasmtime.WasiConfig()
    config.argv = arguments
    config.env = environment
    config.stdin_file = "input"
    config.stdout_file = name + ".out"
    config.stderr_file = name + ".err"
    config.preopen_dir(folder, "/")
    store = wasmtime.Store(engine)
    store.set_wasi(config)
    module = wasmtime.Module.from_file(engine, name + ".wasm")
    try:
        linker.instantiate(store, module).exports(store)["_start"](store)
        ending = "exit 0"
    except wasmtime.ExitTrap as trap:
        ending = f"exit {trap.code}"
    except (wasmtime.Trap, wasmtime.WasmtimeError):
        ending = "trap"
    del store
    shutil.rmtree(folder, ignore_errors=True)
    print(ending, flush=True)
