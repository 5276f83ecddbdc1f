// Runs the module that each line of standard input names, in a fresh directory; prints how it ended.
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs";
import { WASI } from "node:wasi";

const strings = (name) => readFileSync(name, "utf8").split("\0");
const args = strings("arguments");
const env = Object.fromEntries(
  strings("environment").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
);

const line = Buffer.alloc(64);
// One name is written and answered before the next.
for (let length; (length = readSync(0, line)) > 0; ) {
  const name = line.toString("utf8", 0, length).trim();
  const folder = mkdtempSync("./probe-");
  const stdin = openSync("input", "r");
  const stdout = openSync(`${name}.out`, "w");
  const stderr = openSync(`${name}.err`, "w");
  const wasi = new WASI({
    version: "preview1", args, env, preopens: { "/": folder }, stdin, stdout, stderr, returnOnExit: true,
  });
  const module = new WebAssembly.Module(readFileSync(`${name}.wasm`));
  const instance = new WebAssembly.Instance(module, wasi.getImportObject());
  let ending;
  try {
    // A process's status has eight bits.
    ending = `exit ${(wasi.start(instance) ?? 0) & 255}`;
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    ending = "trap";
  }
  rmSync(folder, { recursive: true, force: true });
  writeSync(1, `${ending}\n`);
}
