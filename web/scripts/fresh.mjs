// Whether petri/viewer/static is what the source builds to, byte by byte, and small enough; changes nothing.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const STATIC = new URL("../../petri/viewer/static/", import.meta.url);
const PAGE = new URL("../public/", import.meta.url);
/** All that a browser loads, packed, in bytes. */
const MOST = 120 * 1024;

const { output } = await build({ logLevel: "warn", build: { write: false } });
const built = new Map(output.map((file) => [file.fileName, Buffer.from(file.type === "chunk" ? file.code : file.source)]));
for (const name of readdirSync(PAGE)) built.set(name, readFileSync(new URL(name, PAGE)));

const faults = [];
for (const name of new Set([...readdirSync(STATIC), ...built.keys()])) {
  const made = built.get(name);
  if (made === undefined) faults.push(`${name} is not built from anything`);
  else if (!readdirSync(STATIC).includes(name)) faults.push(`${name} is not there`);
  else if (!made.equals(readFileSync(new URL(name, STATIC)))) faults.push(`${name} is not what the source builds to`);
}
const script = built.get("app.js")?.toString() ?? "";
// The exported page holds the script between tags of its own.
if (/<\/?script/iu.test(script)) faults.push("app.js has what would end a script inside of a page");
const size = [...built].filter(([name]) => name !== "licences.txt").reduce((sum, [, bytes]) => sum + gzipSync(bytes, { level: 9 }).length, 0);
if (size > MOST) faults.push(`the page is ${size} bytes packed, of ${MOST} at most`);

for (const fault of faults) console.error(`petri/viewer/static: ${fault}`);
if (faults.length > 0) console.error("npm run build in web/ makes it anew");
else console.log(`petri/viewer/static is fresh; ${Math.ceil(size / 1024)} KB packed`);
process.exitCode = faults.length > 0 ? 1 : 0;
