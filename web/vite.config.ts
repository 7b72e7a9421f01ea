// One script, one style sheet, one page and the licences of what is in them, the same bytes on every machine.
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const BUNDLED = ["preact", "marked"];

/** Puts the licences of what is bundled beside the bundle. */
function licences(): Plugin {
  const read = (name: string): string => {
    const at = new URL(`node_modules/${name}/`, import.meta.url);
    const { version } = JSON.parse(readFileSync(new URL("package.json", at), "utf8")) as { version: string };
    return `${name} ${version}\n\n${readFileSync(new URL("LICENSE", at), "utf8").replaceAll("\r\n", "\n").trim()}\n`;
  };
  return {
    name: "licences",
    generateBundle() {
      const source = `What app.js contains besides Petri's own code.\n\n${BUNDLED.map(read).join(`\n${"-".repeat(80)}\n\n`)}`;
      this.emitFile({ type: "asset", fileName: "licences.txt", source });
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [licences()],
  // Only what hangs is to fail by time: how fast a machine is, no test says.
  test: { testTimeout: 60_000 },
  build: {
    outDir: "../petri/viewer/static",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: "src/main.tsx",
      output: {
        format: "iife",
        entryFileNames: "app.js",
        assetFileNames: (asset) => (asset.names.some((name) => name.endsWith(".css")) ? "app.css" : "[name][extname]"),
      },
    },
  },
});
