// What the pages' verifier says, a line of JSON for each that it is asked.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { primitives, sha256, sha512 } from "../../services/web/static/primitives.js";
import { kindOf, verifyProof, verifyReport } from "../../services/web/static/verify.js";

const bytesOf = (text) => (text === null ? null : new Uint8Array(Buffer.from(text, "base64")));
const tools = { browser: await primitives(), page: await primitives(null) };

async function answered({ ask, by, ...given }) {
  const with_ = tools[by ?? "browser"];
  const [now, policy] = [BigInt(given.now ?? 0), bytesOf(given.policy ?? null)];
  switch (ask) {
    case "report":
      return verifyReport(new Blob([readFileSync(given.path)]), policy, now, with_);
    case "proof":
      return verifyProof(bytesOf(given.proof), bytesOf(given.leaf), policy, now, with_);
    case "ed25519":
      return with_.ed25519(bytesOf(given.key), bytesOf(given.signature), bytesOf(given.message));
    case "hashes": {
      const bytes = bytesOf(given.bytes);
      return [sha256(bytes), sha512(bytes), await with_.sha256(bytes)].map((each) => Buffer.from(each).toString("hex"));
    }
    case "kind":
      return kindOf(bytesOf(given.bytes));
    case "by":
      return with_.by;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answered(JSON.parse(line)))}\n`);
}
