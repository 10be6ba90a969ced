// Builds the pages' scripts and sheets, one file each, with fixed names (whitenoise adds the
// hashes). `node build.mjs` builds everything, `node build.mjs stage recorder` only those.
// A part whose source does not exist is left out with a line saying so.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const source = resolve(here, "src");
const served = resolve(here, "../server/src/cordee/web/static/built");
const staged = resolve(here, "../kiosk/src/cordee_kiosk/stage");
const fonts = resolve(here, "node_modules/@fontsource-variable");

const parts = [
  { name: "counter", kind: "module", from: "pages/counter/counter.ts", into: served },
  { name: "ready", kind: "module", from: "pages/desk-ready/ready.ts", into: served },
  { name: "trial", kind: "module", from: "pages/trial/trial.ts", into: served },
  { name: "keys", kind: "module", from: "pages/keys/keys.ts", into: served },
  { name: "week", kind: "module", from: "pages/week/week.ts", into: served },
  { name: "site", kind: "sheet", from: "ui/site.css", into: served },
  { name: "citizen", kind: "sheet", from: "ui/citizen.css", into: served },
  { name: "counter", kind: "sheet", from: "ui/counter.css", into: served },
  { name: "week", kind: "sheet", from: "ui/week.css", into: served },
  { name: "stage", kind: "page", from: "pages/stage/index.html", into: staged },
  { name: "recorder", kind: "script", from: "recorder/recorder.ts", into: staged },
  { name: "hook", kind: "script", from: "recorder/hook.ts", into: staged },
];

const shared = {
  configFile: false,
  base: "./",
  logLevel: "warn",
  resolve: {
    alias: [
      {
        find: /^\.\/fonts\/atkinson-hyperlegible-(next|mono)-/,
        replacement: `${fonts}/atkinson-hyperlegible-$1/files/atkinson-hyperlegible-$1-`,
      },
    ],
  },
};

function settings(part) {
  const from = resolve(source, part.from);
  const names = {
    entryFileNames: part.kind === "page" ? "assets/[name].js" : `${part.name}.js`,
    codeSplitting: false,
    assetFileNames: (asset) => {
      const name = asset.names[0] ?? "asset";
      if (name.endsWith(".woff2"))
        return part.kind === "page" ? "assets/fonts/[name][extname]" : "fonts/[name][extname]";
      return part.kind === "page" ? "assets/[name][extname]" : `${part.name}[extname]`;
    },
  };
  return {
    ...shared,
    root: part.kind === "page" ? dirname(from) : source,
    build: {
      outDir: part.into,
      // Others may be running from this directory; names are fixed, so files are written over.
      emptyOutDir: false,
      target: "es2023",
      assetsInlineLimit: 0,
      modulePreload: false,
      cssCodeSplit: true,
      reportCompressedSize: false,
      rolldownOptions: {
        input: part.kind === "page" ? from : { [part.name]: from },
        output: { ...names, format: part.kind === "script" ? "iife" : "es" },
      },
    },
  };
}

/** Whitenoise sends the file ending in `.gz` to whoever takes it: a citizen's line is thin. */
function compress(part) {
  const file = resolve(part.into, `${part.name}.${part.kind === "sheet" ? "css" : "js"}`);
  writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
}

const asked = process.argv.slice(2);
const failed = [];
for (const part of parts) {
  const label = `${part.name} (${part.from})`;
  if (asked.length > 0 && !asked.includes(part.name)) continue;
  if (!existsSync(resolve(source, part.from))) {
    console.log(`left out: ${label} does not exist`);
    continue;
  }
  const began = performance.now();
  try {
    await build(settings(part));
    if (part.into === served) compress(part);
    console.log(`built: ${label} in ${Math.round(performance.now() - began)} ms`);
  } catch (error) {
    failed.push(label);
    console.error(`failed: ${label}\n${error instanceof Error ? error.message : error}`);
  }
}
if (failed.length > 0) {
  console.error(`not built: ${failed.join(", ")}`);
  process.exitCode = 1;
}
