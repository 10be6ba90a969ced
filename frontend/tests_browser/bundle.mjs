// Bundles one module for a test's page: `node bundle.mjs SOURCE GLOBAL_NAME OUT_DIRECTORY`.

import { resolve } from "node:path";
import { build } from "vite";

const [source, name, into] = process.argv.slice(2);
await build({
  configFile: false,
  logLevel: "error",
  build: {
    outDir: resolve(into),
    emptyOutDir: false,
    target: "es2023",
    minify: false,
    lib: { entry: resolve(source), formats: ["iife"], name, fileName: () => `${name}.js` },
  },
});
