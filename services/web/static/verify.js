// Verifies the zip of a report (accord-report/1) and proofs (C2SP tlog-proof) where they are dropped:
// nothing is sent anywhere. It says what `accord/verify_standalone.py` says, and like that file it was
// written from the text of the format; ML-DSA cosignatures it lets pass, unread.

const NEEDED = [
  "report.json", "policy.txt", "new/checkpoint", "items.jsonl", "disclosures.jsonl", "withheld.jsonl",
  "figures.json",
];
const OLD = ["old/checkpoint", "old/peaks"];
const MOST_BYTES = 4n << 30n;
const MOST_FILES = 100_000;
const MOST_LINE = 1 << 20;
const MOST_FILE = 64 << 20;
const MOST_NOTE = 1 << 20;
const MOST_DEPTH = 500;
const AHEAD = 300n;
const ENDED_BY = { erased: "PersonErased", redacted: "FieldRedacted" };
const CLOSED = Symbol("closed");
const ABSENT = Symbol("absent");
const LATIN = new TextDecoder("latin1");
const PROOF = "c2sp.org/tlog-proof@v1";

/** What was dropped proves nothing: the message says what does not fit. */
export class Invalid extends Error {}

/** What was dropped is no zip that can be read. */
class Damaged extends Error {}

/** A value is not of the kind that its place needs. */
class Malformed extends Error {}

function need(holds, why) {
  if (!holds) throw new Invalid(why);
}

// Bytes and texts

function textOf(bytes, why) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Invalid(why);
  }
}

const utf8 = (text) => new TextEncoder().encode(text);
const binary = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const equal = (one, other) => one.length === other.length && one.every((byte, n) => byte === other[n]);
const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const quoted = (text) => `'${text}'`;

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function fromBase64(text, what) {
  const letters = typeof text === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  need(letters && text.length % 4 === 0, `${what} is not base64.`);
  const raw = binary(atob(text));
  need(toBase64(raw) === text, `${what} is not canonical base64.`);
  return raw;
}

// JSON: whole numbers are BigInt, others `Fraction`; objects are Map

class Fraction {
  constructor(number) {
    this.number = number;
  }
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const STRICT_STRING = /"(?:[^"\\\x00-\x1f]|\\["\\bfnrt]|\\u00(?:0[0-7bef]|1[0-9a-f]))*"/y;
const STRICT_NUMBER = /0|-?[1-9][0-9]{0,15}/y;
const WORDS = [["true", true], ["false", false], ["null", null]];

/** Reads JSON letter by letter; `strict`: only in the one canonical form, without fractions. */
class Json {
  constructor(text, strict) {
    [this.text, this.strict, this.at] = [text, strict, 0];
  }

  static read(text, strict = false) {
    const json = new Json(text, strict);
    const value = json.value(0);
    json.space();
    need(json.at === text.length, "something follows the JSON");
    return value;
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  space() {
    if (!this.strict) this.match(SPACE);
  }

  letter() {
    this.space();
    need(this.at < this.text.length, "these bytes are no canonical JSON");
    return this.text[this.at];
  }

  value(depth) {
    need(depth < MOST_DEPTH, "these bytes are no canonical JSON");
    const first = this.letter();
    if (first === "{") return this.object(depth);
    if (first === "[") return this.list(depth);
    if (first === '"') return this.string();
    for (const [word, meant] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return meant;
      }
    }
    return this.number();
  }

  string() {
    const found = this.match(this.strict ? STRICT_STRING : STRING);
    need(found, "a text is not in canonical form");
    const text = JSON.parse(found[0]);
    need(!found[0].includes("\\u") || !/\p{Surrogate}/u.test(text), "half a letter has no bytes");
    return text;
  }

  number() {
    const found = this.match(this.strict ? STRICT_NUMBER : NUMBER);
    need(found && found[0].length <= 4300, "a number is not in canonical form");
    if (found[1] || found[2]) {
      const number = Number(found[0]);
      need(Number.isFinite(number), "a number is not in canonical form");
      return new Fraction(number);
    }
    const whole = BigInt(found[0]);
    const small = whole < 1n << 53n && whole > -(1n << 53n);
    need(!this.strict || small, "a number is not in canonical form");
    return whole;
  }

  object(depth) {
    const said = new Map();
    let last = null;
    this.at++;
    if (this.letter() === "}") {
      this.at++;
      return said;
    }
    for (;;) {
      need(this.letter() === '"', "a name is missing");
      const name = this.string();
      const ascends = /^[\0-\x7f]*$/.test(name) && (last === null || last < name);
      need(!this.strict || ascends, "names are not in order");
      need(!said.has(name), "a name stands twice");
      need(this.letter() === ":", "a colon is missing");
      this.at++;
      said.set(name, this.value(depth + 1));
      last = name;
      const next = this.letter();
      this.at++;
      if (next === "}") return said;
      need(next === ",", "a comma is missing");
    }
  }

  list(depth) {
    const said = [];
    this.at++;
    if (this.letter() === "]") {
      this.at++;
      return said;
    }
    for (;;) {
      said.push(this.value(depth + 1));
      const next = this.letter();
      this.at++;
      if (next === "]") return said;
      need(next === ",", "a comma is missing");
    }
  }
}

function byCodePoints([one], [other]) {
  const [a, b] = [[...one], [...other]];
  const n = a.findIndex((letter, at) => letter !== b[at]);
  if (n < 0) return a.length - b.length;
  return b[n] === undefined ? 1 : a[n].codePointAt(0) - b[n].codePointAt(0);
}

/** Return a value as JSON, always in the same form. */
function written(value) {
  if (value instanceof Map) {
    const members = [...value].sort(byCodePoints);
    return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${written(each)}`).join(",")}}`;
  }
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (value instanceof Fraction) return `${value.number}.`;
  return typeof value === "bigint" ? `${value}` : JSON.stringify(value);
}

function jsonOf(bytes, what) {
  const text = textOf(bytes, `${what} is no JSON.`);
  try {
    return Json.read(text);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    const twice = error.message === "a name stands twice";
    throw new Invalid(twice ? `${what}: a name stands twice.` : `${what} is no JSON.`);
  }
}

const isWhole = (value) => typeof value === "bigint";
const isText = (value) => typeof value === "string";
const hasKeys = (map, names) => map.size === names.length && names.every((name) => map.has(name));

function member(map, name) {
  if (!(map instanceof Map) || !map.has(name)) throw new Malformed(name);
  return map.get(name);
}

// Zips: only what reports need, and each file only as far as it may go

const CRCS = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function intact(holds, why) {
  if (!holds) throw new Damaged(why);
}

class Zip {
  constructor(blob, members) {
    [this.blob, this.members] = [blob, members];
  }

  static async open(blob) {
    const tailAt = Math.max(0, blob.size - 65_557);
    const tail = await viewOf(blob, tailAt, blob.size);
    let end = tail.byteLength - 22;
    while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
    intact(end >= 0, "it has no directory");
    let size = tail.getUint32(end + 12, true);
    let offset = tail.getUint32(end + 16, true);
    let before = tailAt + end;
    if (end >= 20 && tail.getUint32(end - 20, true) === 0x07064b50) {
      const far = await viewOf(blob, before - 76, before - 20);
      intact(far.byteLength === 56 && far.getUint32(0, true) === 0x06064b50, "its directory is torn");
      [size, offset] = [Number(far.getBigUint64(40, true)), Number(far.getBigUint64(48, true))];
      before -= 76;
    }
    const shift = before - size - offset; // what stands before the zip
    const start = offset + shift;
    intact(start >= 0 && size <= 64 << 20, "its directory is not where it should be");
    const listed = await viewOf(blob, start, start + size);
    intact(listed.byteLength === size, "its directory is torn");
    return new Zip(blob, directory(listed, shift));
  }

  /** Yield a file's bytes, unpacked, piece by piece; its checksum is compared at the end. */
  async *pieces(name) {
    const member = this.members.get(name);
    const head = await viewOf(this.blob, member.at, member.at + 30);
    intact(head.byteLength === 30 && head.getUint32(0, true) === 0x04034b50, "a file has no head");
    const [called, extra] = [head.getUint16(26, true), head.getUint16(28, true)];
    const own = new Uint8Array(await this.blob.slice(member.at + 30, member.at + 30 + called).arrayBuffer());
    intact(nameOf(own, head.getUint16(6, true)) === member.name, "a file has two names");
    const from = member.at + 30 + called + extra;
    const packed = this.blob.slice(from, from + member.packed);
    intact(packed.size === member.packed, "a file is torn");
    const raw = member.way ? packed.stream().pipeThrough(new DecompressionStream("deflate-raw")) : packed.stream();
    const reader = raw.getReader();
    let [left, crc] = [member.size, 0xffffffff];
    try {
      while (left > 0) {
        const { done, value } = await reader.read();
        if (done) break;
        const piece = value.subarray(0, left);
        left -= piece.length;
        for (const byte of piece) crc = (crc >>> 8) ^ CRCS[(crc ^ byte) & 255];
        yield piece;
      }
    } catch (error) {
      if (error instanceof Invalid) throw error;
      throw new Damaged(`${name} cannot be unpacked`);
    } finally {
      reader.cancel().catch(() => {});
    }
    intact((crc ^ 0xffffffff) >>> 0 === member.crc, `${name} has another checksum`);
  }
}

async function viewOf(blob, from, to) {
  intact(from >= 0, "it is cut off");
  return new DataView(await blob.slice(from, to).arrayBuffer());
}

function nameOf(bytes, flags) {
  if (!(flags & 0x800)) return LATIN.decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Damaged("a name is no text");
  }
}

function directory(listed, shift) {
  const members = new Map();
  let [at, total, count] = [0, 0n, 0];
  while (at < listed.byteLength) {
    intact(at + 46 <= listed.byteLength, "its directory is torn");
    intact(listed.getUint32(at, true) === 0x02014b50, "its directory is torn");
    const flags = listed.getUint16(at + 8, true);
    const way = listed.getUint16(at + 10, true);
    const [called, extra, noted] = [28, 30, 32].map((n) => listed.getUint16(at + n, true));
    intact(at + 46 + called + extra + noted <= listed.byteLength, "its directory is torn");
    const nameAt = listed.byteOffset + at + 46;
    const name = nameOf(new Uint8Array(listed.buffer, nameAt, called), flags);
    intact((listed.getUint16(at + 6, true) & 255) <= 63 && !(flags & 0x60), "it is of a newer kind");
    const sizes = [24, 20, 42].map((n) => BigInt(listed.getUint32(at + n, true)));
    widen(sizes, new DataView(listed.buffer, nameAt + called, extra));
    count++;
    total += sizes[0];
    need(count <= MOST_FILES, "The zip has too many files.");
    need(!members.has(name), "The zip has a file twice.");
    need([0, 8].includes(way) && !(flags & 1), "A file is packed in a way not read here.");
    const [size, packed, offset] = sizes.map(Number);
    const start = offset + shift;
    intact(Number.isSafeInteger(start), "a file is not where it should be");
    members.set(name, { name, way, size, packed, at: start, crc: listed.getUint32(at + 16, true) });
    at += 46 + called + extra + noted;
  }
  need(total <= MOST_BYTES, "The zip is too large.");
  return members;
}

/** Put in the sizes that need 64 bits, in the order in which they stand. */
function widen(sizes, extra) {
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const length = extra.getUint16(at + 2, true);
    intact(at + 4 + length <= extra.byteLength, "its directory is torn");
    if (extra.getUint16(at, true) === 1) {
      let from = at + 4;
      for (const [n, size] of sizes.entries()) {
        if (size !== 0xffffffffn) continue;
        intact(from + 8 <= at + 4 + length, "its directory is torn");
        sizes[n] = extra.getBigUint64(from, true);
        from += 8;
      }
    }
    at += 4 + length;
  }
}

// Trees (RFC 6962, 2.1)

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Grows by leaf hashes; keeps the root of each complete subtree, with its height. */
class Tree {
  constructor(hash, size = 0n, peaks = []) {
    this.hash = hash;
    const bits = size.toString(2);
    const heights = size ? [...bits].flatMap((bit, n) => (bit === "1" ? [bits.length - 1 - n] : [])) : [];
    need(heights.length === peaks.length, `A tree of ${size} leaves has ${heights.length} peaks.`);
    this.stack = heights.map((height, n) => [height, peaks[n]]);
  }

  async grow(leaf) {
    let [height, node] = [0, leaf];
    while (this.stack.length && this.stack.at(-1)[0] === height) {
      node = await this.hash(joined(NODE, this.stack.pop()[1], node));
      height++;
    }
    this.stack.push([height, node]);
  }

  async root() {
    if (!this.stack.length) return this.hash(new Uint8Array());
    let root = this.stack.at(-1)[1];
    for (const [, peak] of this.stack.slice(0, -1).reverse()) root = await this.hash(joined(NODE, peak, root));
    return root;
  }
}

/** Return the root that a leaf and the hashes beside its path lead to (RFC 9162, 2.1.3.2). */
async function rootFrom(hash, index, size, leaf, hashes) {
  need(index < size, "The entry is not in a tree of that size.");
  let [at, last, node] = [index, size - 1n, leaf];
  for (const beside of hashes) {
    need(last > 0n, "The proof is longer than it can be.");
    if (at & 1n || at === last) {
      node = await hash(joined(NODE, beside, node));
      while (!(at & 1n) && at) [at, last] = [at >> 1n, last >> 1n];
    } else {
      node = await hash(joined(NODE, node, beside));
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  need(last === 0n, "The proof is shorter than it can be.");
  return node;
}

// Policies and checkpoints (C2SP tlog-policy, signed-note, tlog-checkpoint, tlog-cosignature)

const LENGTHS = { 1: 32, 4: 32, 6: 1312 };

/** Who has to have signed. Names of witnesses and groups are their bytes, one a letter. */
class Policy {
  static async read(raw, tools) {
    need(raw.at(-1) === 10 && raw.length <= MOST_NOTE, "The policy is not whole.");
    const policy = new Policy();
    [policy.logs, policy.witnesses, policy.groups, policy.quorum] = [[], [], [], null];
    const [named, grouped] = [new Set(), new Set()];
    let above = null;
    for (const [n, bare] of Array.from(raw, (byte) => String.fromCharCode(byte)).join("").split("\n").slice(0, -1).entries()) {
      const where = `Line ${n + 1} of the policy`;
      need(!/[\0-\x08\x0b-\x1f\x7f]/.test(bare), `${where} has a control.`);
      const line = bare.replace(/^[ \t]+|[ \t]+$/g, "");
      const words = line ? line.split(/[ \t]+/) : [];
      const ended = /^#[ \t]*until[ \t]+([0-9]+)$/.exec(line);
      if (words[0] === "log" && [2, 3].includes(words.length)) {
        const until = above === null ? null : sizeOf(above, where);
        policy.logs.push({ key: await vkey(words[1], where, tools), until });
      } else if (words[0] === "witness" && [3, 4].includes(words.length)) {
        define(words[1], named, where);
        const key = await vkey(words[2], where, tools);
        policy.witnesses.push({ name: words[1], key });
        need(key.kind !== 1, `${where}: this is no key of a witness.`);
      } else if (words[0] === "group" && words.length > 3) {
        policy.groups.push(group(words, named, grouped, where));
      } else if (words[0] === "quorum" && words.length === 2) {
        need(policy.quorum === null, `${where}: the quorum stands above already.`);
        need(words[1] === "none" || named.has(words[1]), `${where}: nobody has this name.`);
        policy.quorum = words[1];
      } else {
        need(!line || line.startsWith("#"), `${where} is none of a policy.`);
      }
      above = ended ? ended[1] : null;
    }
    need(policy.quorum !== null, "The policy has no line with its quorum.");
    const keys = [...policy.logs, ...policy.witnesses].map(({ key }) => hexOf(key.public));
    need(new Set(keys).size === keys.length, "The policy has a key twice.");
    return policy;
  }

  counted(names) {
    const counted = new Set(names);
    for (const { name, count, parts } of this.groups) {
      if (parts.filter((part) => counted.has(part)).length >= count) counted.add(name);
    }
    return counted;
  }

  met(names) {
    return this.quorum === "none" || this.counted(names).has(this.quorum);
  }

  /** Return an organisation's name for its witness: that of the group it is alone in. */
  called(name) {
    const own = this.groups.find(({ parts }) => parts.length === 1 && parts[0] === name);
    return new TextDecoder().decode(binary(own ? own.name : name));
  }
}

function group(words, named, grouped, where) {
  const [, name, wanted, ...parts] = words;
  need(new Set(parts).size === parts.length, `${where}: a name stands twice.`);
  need(parts.every((part) => named.has(part)), `${where}: a name is not defined above.`);
  need(!parts.some((part) => grouped.has(part)), `${where}: a name is in a group already.`);
  for (const part of parts) grouped.add(part);
  define(name, named, where);
  const count = { any: 1, all: parts.length }[wanted] ?? digits(wanted, where);
  need(count > 0 && count <= parts.length, `${where}: so many cannot be needed.`);
  return { name, count, parts };
}

function define(name, named, where) {
  need(!named.has(name) && name !== "none", `${where}: this name is taken already.`);
  named.add(name);
}

function sizeOf(text, where) {
  const fits = /^(?:0|[1-9][0-9]{0,18})$/.test(text) && BigInt(text) < 1n << 63n;
  need(fits, `${where}: this is no size of a tree.`);
  return BigInt(text);
}

function digits(word, where) {
  need(/^[1-9][0-9]{0,6}$/.test(word), `${where}: say any, all or a number.`);
  return Number(word);
}

async function vkey(word, where, tools) {
  const text = textOf(binary(word), `${where}: this is no vkey.`);
  const parts = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text);
  need(parts, `${where}: this is no vkey.`);
  const [, name, stated, coded] = parts;
  const raw = fromBase64(coded, `${where}: the key`);
  need(name && !/[\s\x85]/.test(name) && raw.length, `${where}: this is no vkey.`);
  const [kind, key] = [raw[0], raw.subarray(1)];
  need(LENGTHS[kind] === key.length, `${where}: keys of this type are not read here.`);
  const id = (await tools.sha256(joined(utf8(`${name}\n`), raw))).subarray(0, 4);
  need(hexOf(id) === stated, `${where}: the key id is ${hexOf(id)}.`);
  return { name, public: key, kind, id };
}

/** Return origin, size and root of a checkpoint, when each witness saw it, and if all needed did. */
async function checkpoint(raw, policy, now, what, tools) {
  const whole = textOf(raw, `${what} is not UTF-8.`);
  need(!/[\0-\x09\x0b-\x1f]/.test(whole), `${what} has a control character.`);
  const at = whole.lastIndexOf("\n\n");
  const below = whole.slice(at + 2);
  need(at > 0 && below.endsWith("\n"), `${what} is no signed note.`);
  const lines = whole.slice(0, at).split("\n");
  need(lines.length === 3, `${what} has ${lines.length} lines above its signatures, not three.`);
  const [origin, stated] = lines;
  const root = fromBase64(lines[2], what);
  const size = sizeOf(stated, what);
  need(origin && root.length === 32, `${what} states no tree.`);
  const text = `${whole.slice(0, at)}\n`;
  const signatures = below.slice(0, -1).split("\n");
  need(signatures.length <= 100, `${what} has too many signatures.`);
  let signed = false;
  const seen = new Map();
  for (const line of signatures) {
    const { name, id, value, canonical } = signature(line, what);
    const held = async (holds) => need(canonical && (await holds()), `${what}: the signature of ${quoted(name)} does not hold.`);
    const by = (key) => key.name === name && equal(key.id, id);
    for (const { key, until } of policy.logs) {
      if (!by(key) || name !== origin || (until !== null && size > until)) continue;
      await held(() => key.kind === 1 && tools.ed25519(key.public, value, utf8(text)));
      signed = true;
    }
    for (const { name: called, key } of policy.witnesses) {
      if (!by(key) || key.kind === 6) continue; // ML-DSA: let pass
      const time = value.subarray(0, 8).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
      need(time > 0n && time < 1n << 63n, `${what}: ${quoted(name)} states no time.`);
      need(time <= now + AHEAD, `${what}: ${quoted(name)} cosigned in the future.`);
      const message = utf8(`cosignature/v1\ntime ${time}\n${text}`);
      await held(() => tools.ed25519(key.public, value.subarray(8), message));
      seen.set(called, [time, seen.get(called) ?? 0n].reduce((a, b) => (a > b ? a : b)));
    }
  }
  need(signed, `${what}: no log of the policy signed it.`);
  return { origin, size, root, seen, met: policy.met(seen.keys()) };
}

function signature(line, what) {
  const parts = line.split(" ");
  const fits = parts.length === 3 && parts[0] === "—" && /^[^\s\x85+]+$/.test(parts[1]);
  need(fits, `${what} has a line that is none.`);
  const letters = /^[A-Za-z0-9+/]*={0,2}$/.test(parts[2]) && parts[2].length % 4 === 0;
  need(letters, `${what}: a signature is not base64.`);
  const raw = binary(atob(parts[2]));
  need(raw.length > 4, `${what}: a signature is too short.`);
  const canonical = toBase64(raw) === parts[2];
  return { name: parts[1], id: raw.subarray(0, 4), value: raw.subarray(4), canonical };
}

// Events

/** An entry that is shown. */
class Event {
  constructor(raw) {
    need(raw.length <= 65_535, "it is longer than an entry can be");
    const said = (this.said = Json.read(textOf(raw, "it is not UTF-8"), true));
    const source = /^\/coalitions\/([0-9a-f-]{36})\/([a-z]{1,40})$/.exec(textIn(said, "source"));
    need(source, "it is of no journal");
    [, this.coalition, this.service] = source;
    need(textIn(said, "coalition") === this.coalition, "it is of no coalition");
    need(/^[0-9]{20}$/.test(textIn(said, "sequence")), "it has no position");
    this.position = BigInt(said.get("sequence"));
    this.type = textIn(said, "type");
    need(this.type.startsWith(`accord.${this.service}.`), "its type is of another journal");
    this.owners = [];
    this.find(said);
    this.opened = new Set();
  }

  find(part) {
    if (part instanceof Map) {
      const digests = part.get("_sd") ?? [];
      need(Array.isArray(digests) && digests.every(isText), "its digests are no list of texts");
      for (const digest of digests) this.owners.push([digest, part]);
      for (const each of part.values()) this.find(each);
    } else if (Array.isArray(part)) {
      for (const each of part) this.find(each);
    }
  }

  owner(digest) {
    const owners = this.owners.filter(([each]) => each === digest);
    need(owners.length === 1, `the digest ${quoted(digest)} stands in it ${owners.length} times`);
    return owners[0][1];
  }

  async open(disclosure, tools) {
    need(/^[A-Za-z0-9_-]+$/.test(disclosure), "a disclosure is not base64url");
    const plain = (text) => text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    const digest = plain(toBase64(await tools.sha256(utf8(disclosure))));
    const [salt, name, value] = saidBy(disclosure);
    need(isText(salt) && isText(name) && !seals(value), "a disclosure says nothing, or seals again");
    const owner = this.owner(digest);
    const free = !owner.has(name) && !["_sd", "_sd_alg", "..."].includes(name);
    need(free && owner.get("_sd_alg") === "sha-256", `${quoted(name)} cannot be sealed there`);
    owner.set(name, value);
    this.opened.add(digest);
    return digest;
  }

  at(path) {
    let here = this.said;
    for (const name of path.split(".")) {
      if (!(here instanceof Map)) return ABSENT;
      if (!here.has(name)) {
        const sealed = here.get("_sd") ?? [];
        return sealed.every((digest) => this.opened.has(digest)) ? ABSENT : CLOSED;
      }
      here = here.get(name);
    }
    return here;
  }
}

function saidBy(disclosure) {
  let [text, said] = ["", null];
  try {
    text = textOf(binary(atob(disclosure.replaceAll("-", "+").replaceAll("_", "/"))), "");
    said = Json.read(text);
  } catch (error) {
    const twice = error.message === "a name stands twice";
    throw new Invalid(twice ? "a disclosure is not canonical" : "a disclosure says nothing");
  }
  need(Array.isArray(said) && said.length === 3, "a disclosure says nothing");
  need(written(said) === text, "a disclosure is not canonical");
  return said;
}

function seals(value) {
  if (value instanceof Fraction) return true;
  if (value instanceof Map) return value.has("_sd") || [...value.values()].some(seals);
  return Array.isArray(value) && value.some(seals);
}

function textIn(said, name) {
  const found = said instanceof Map ? said.get(name) : undefined;
  need(isText(found), `it has no ${name}`);
  return found;
}

async function within(index, does) {
  try {
    return await does();
  } catch (error) {
    if (error instanceof Invalid) throw new Invalid(`Entry ${index}: ${error.message}.`);
    throw error;
  }
}

// Reports

const HEAD = {
  format: isText, origin: isText, coalition: isText, report: isText, audience: isText, from: isWhole,
  to: isWhole, made_at: isText, positions: (value) => value instanceof Map,
};

class Report {
  constructor(zip, now, tools) {
    [this.zip, this.now, this.tools] = [zip, now, tools];
    this.notes = [];
    this.events = new Map();
    this.leaves = new Map();
    this.hashes = [];
    this.kept = [];
    this.figures = [];
  }

  async verify(policy) {
    this.checkNames();
    const head = (this.head = await this.readHead());
    this.cameAlong = policy === null;
    this.policy = await Policy.read(policy ?? (await this.read("policy.txt", MOST_NOTE)), this.tools);
    this.tree = await this.readOld();
    if (head.from) {
      const root = await this.note("old/checkpoint", head.from);
      need(equal(await this.tree.root(), root), "old/peaks do not lead to the root that was signed.");
    }
    const root = await this.note("new/checkpoint", head.to);
    await this.readItems();
    need(equal(await this.tree.root(), root), "The entries do not lead to the root that was signed.");
    await this.readFields();
    await this.checkFigures();
    await this.checkTree();
  }

  checkNames() {
    const names = [...this.zip.members.keys()];
    for (const name of names) {
      const known = [...NEEDED, ...OLD, "README.txt", "report.html"].includes(name);
      const ofTree = /^log\/(?:checkpoint|tile\/[0-9a-z./]{1,100})$/.test(name);
      need(known || ofTree, `The zip has a file that no report has: ${quoted(name)}`);
    }
    need(NEEDED.every((name) => names.includes(name)), "The zip lacks a file.");
  }

  async read(name, most = MOST_FILE) {
    const pieces = [];
    let size = 0;
    for await (const piece of this.zip.pieces(name)) {
      size += piece.length;
      need(size <= most, `${name} is too large.`);
      pieces.push(piece);
    }
    return joined(...pieces);
  }

  async *lines(name) {
    let [rest, number] = [new Uint8Array(), 0];
    const unended = () => new Invalid(`${name}, line ${number + 1} is not ended.`);
    for await (const piece of this.zip.pieces(name)) {
      let from = 0;
      for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
        const line = joined(rest, piece.subarray(from, end + 1));
        if (line.length > MOST_LINE + 1) throw unended();
        [rest, from] = [new Uint8Array(), end + 1];
        number++;
        const said = jsonOf(line, `${name}, line ${number}`);
        need(said instanceof Map, `${name}, line ${number} is no object.`);
        yield said;
      }
      rest = joined(rest, piece.subarray(from));
      if (rest.length > MOST_LINE + 1) throw unended();
    }
    if (rest.length) throw unended();
  }

  async readHead() {
    const said = jsonOf(await this.read("report.json"), "report.json");
    const names = Object.keys(HEAD);
    const fits = said instanceof Map && hasKeys(said, names) && names.every((name) => HEAD[name](said.get(name)));
    need(fits, "report.json is none.");
    const head = Object.fromEntries(said);
    need(head.format === "accord-report/1", "It is of another format.");
    for (const name of ["report", "audience"]) {
      need(/^[a-z0-9][a-z0-9._:-]{0,127}$/.test(head[name]), `report.json: this is no ${name}.`);
    }
    need(head.from >= 0n && head.from <= head.to, "report.json: there are no such entries.");
    let counted = 0n;
    for (const stretch of head.positions.values()) {
      const pair = Array.isArray(stretch) && stretch.length === 2 && stretch.every(isWhole);
      need(pair && stretch[0] >= 0n && stretch[0] <= stretch[1], "report.json: positions are pairs.");
      need(head.from || !stretch[0], "report.json: a journal does not begin at its start.");
      counted += stretch[1] - stretch[0];
    }
    need(counted === head.to - head.from, "report.json: positions and entries differ in number.");
    return head;
  }

  async readOld() {
    const there = OLD.filter((name) => this.zip.members.has(name));
    need(there.length === (this.head.from ? OLD.length : 0), "old/ is not as it has to be.");
    if (!there.length) return new Tree(this.tools.sha256);
    const text = new TextDecoder().decode(await this.read("old/peaks", 64 * 45));
    need(text.endsWith("\n"), "old/peaks is not ended.");
    const peaks = text.slice(0, -1).split("\n").map((line) => fromBase64(line, "old/peaks"));
    need(peaks.every((each) => each.length === 32), "old/peaks: a hash has 32 bytes.");
    return new Tree(this.tools.sha256, this.head.from, peaks);
  }

  async note(name, size) {
    const raw = await this.read(name, MOST_NOTE);
    const found = await checkpoint(raw, this.policy, this.now, name, this.tools);
    const fits = found.origin === this.head.origin && found.size === size;
    need(fits, `${name} is of another log, or of another size.`);
    this.notes.push(found);
    return found.root;
  }

  async readItems() {
    const { from, to, coalition, positions } = this.head;
    const reached = new Map([...positions].map(([service, [before]]) => [service, before]));
    let index = from;
    for await (const item of this.lines("items.jsonl")) {
      const there = isWhole(item.get("i")) && item.get("i") === index && index < to;
      need(there, `Entry ${index} is not where it should stand.`);
      const shown = hasKeys(item, ["i", "leaf"]);
      need(shown || hasKeys(item, ["i", "h"]), `Entry ${index} is none.`);
      const raw = fromBase64(item.get(shown ? "leaf" : "h"), `Entry ${index}`);
      if (shown) {
        const event = await within(index, () => new Event(raw));
        this.events.set(index, event);
        this.leaves.set(index, raw);
        need(event.coalition === coalition, `Entry ${index} is of elsewhere.`);
        const [, last] = positions.get(event.service) ?? [0n, -1n];
        const before = reached.get(event.service) ?? 0n;
        const ascends = before < event.position && event.position <= last;
        need(ascends, `Entry ${index} is not at a position that can be there.`);
        reached.set(event.service, event.position);
      }
      need(shown || raw.length === 32, `Entry ${index} is no hash.`);
      this.hashes.push(shown ? await this.tools.sha256(joined(LEAF, raw)) : raw);
      await this.tree.grow(this.hashes.at(-1));
      index++;
    }
    need(index === to, "Entries are missing at the end.");
  }

  async *beside(name, texts) {
    let before = 0n;
    for await (const said of this.lines(name)) {
      if (!said.has("by")) said.set("by", null);
      const by = said.get("by");
      const whole = hasKeys(said, [...texts, "i", "by"]) && isWhole(said.get("i"));
      const fits = whole && texts.every((each) => isText(said.get(each)));
      need(fits && (by === null || isWhole(by)), `${name}: a line is none.`);
      need(said.get("i") >= before, `${name}: what is said of entries is out of order.`);
      before = said.get("i");
      need(this.events.has(before), `${name}: entry ${before} is not shown.`);
      yield [this.events.get(before), Object.fromEntries(said)];
    }
  }

  async readFields() {
    const closed = new Set();
    for await (const [event, said] of this.beside("withheld.jsonl", ["digest", "why"])) {
      const { i: index, digest, why, by } = said;
      await within(index, () => event.owner(digest));
      need(!closed.has(`${index} ${digest}`), `Entry ${index}: a field is withheld twice.`);
      closed.add(`${index} ${digest}`);
      const known = ["audience", "lost", ...Object.keys(ENDED_BY)].includes(why);
      need(known, `Entry ${index}: why is not said.`);
      need(by === null || Object.hasOwn(ENDED_BY, why), `Entry ${index}: no entry withholds that.`);
      this.kept.push(why);
      if (this.events.has(by)) checkEnd(event, said, this.events.get(by));
      else need(by === null || by >= this.head.from, `Entry ${index}: it ended before it was there.`);
    }
    for await (const [event, said] of this.beside("disclosures.jsonl", ["d"])) {
      const before = new Set(event.opened);
      const digest = await within(said.i, () => event.open(said.d, this.tools));
      need(!before.has(digest), `Entry ${said.i}: a field is disclosed twice.`);
      need(!closed.has(`${said.i} ${digest}`), `Entry ${said.i}: disclosed and withheld.`);
    }
  }

  async checkFigures() {
    const figures = jsonOf(await this.read("figures.json"), "figures.json");
    need(Array.isArray(figures) && figures.length <= 10_000, "figures.json is no list.");
    for (const [n, figure] of figures.entries()) {
      try {
        this.figures.push(await this.checkFigure(figure));
      } catch (error) {
        if (error instanceof Malformed) throw new Invalid(`figures.json: figure ${n + 1} is none.`);
        if (!(error instanceof Invalid)) throw error;
        throw new Invalid(`figures.json: figure ${n + 1} does not follow: ${error.message}`);
      }
    }
  }

  async checkFigure(figure) {
    const [name, fold, value] = ["name", "fold", "value"].map((each) => member(figure, each));
    const of = figure.get("of") ?? null;
    need(isText(name) && isText(fold), "its name is no text");
    need(of === null || isText(of), "what it is of is no path");
    const filters = member(figure, "where");
    if (!(filters instanceof Map)) throw new Malformed("where");
    const rests = member(figure, "entries");
    const folds = ["count", "sum", "distinct"].includes(fold);
    need(!folds || (isWhole(value) && (fold === "count") === (of === null)), "it is no such fold");
    const { from, to } = this.head;
    const listed = Array.isArray(rests) ? new Set(rests) : null;
    let [count, root] = [0n, null];
    if (listed) {
      const fits = rests.every((each) => isWhole(each) && from <= each && each < to);
      const ascends = rests.every((each, n) => !n || rests[n - 1] < each);
      need(fits && ascends, "its entries are none, or not in order");
      count = BigInt(rests.length);
    } else {
      [count, root] = [member(rests, "count"), fromBase64(member(rests, "root"), "its root")];
      need(isWhole(count), "its count is none");
    }
    if (!folds) return { name, over: null, of: null };
    const found = [];
    const values = [];
    let unknown = 0n;
    for (let index = from; index < to; index++) {
      const [takes, seen] = this.takes(index, filters, of);
      if (listed && takes !== CLOSED) need(takes === listed.has(index), `entry ${index} is counted falsely`);
      if (takes === CLOSED || (takes && seen === CLOSED)) unknown++;
      else if (takes) {
        found.push(index);
        if (seen !== ABSENT) values.push(seen);
      }
    }
    const spare = count - BigInt(found.length);
    need(spare >= 0n && spare <= unknown, `it rests on ${count}; ${found.length} were found`);
    if (!spare && !listed) {
      const tree = new Tree(this.tools.sha256);
      for (const index of found) await tree.grow(this.hashes[Number(index - from)]);
      need(equal(await tree.root(), root), "it rests on others");
    }
    checkValue(fold, value, count, spare, values);
    return { name, over: found.length, of: found.length + Number(unknown) };
  }

  takes(index, filters, of) {
    const event = this.events.get(index);
    if (!event) return [CLOSED, ABSENT];
    let takes = true;
    for (const [path, wanted] of filters) {
      const found = event.at(path);
      const any = Array.isArray(wanted) ? wanted : [wanted];
      if (found === CLOSED) takes = CLOSED;
      else if (found === ABSENT || !any.some((each) => written(each) === written(found))) return [false, ABSENT];
    }
    return [takes, of === null ? ABSENT : event.at(of)];
  }

  async checkTree() {
    const there = [...this.zip.members.keys()].filter((name) => name.startsWith("log/"));
    if (!there.length) return;
    const whole = !this.head.from && BigInt(this.events.size) === this.head.to;
    need(whole, "log/ is only there where all of the log is shown.");
    const expected = new Map([["log/checkpoint", await this.read("new/checkpoint")]]);
    let row = this.hashes;
    for (let level = 0; row.length; level++) {
      const above = [];
      for (let start = 0; start < row.length; start += 256) {
        const part = row.slice(start, start + 256);
        const place = placeOf(start / 256, part.length);
        expected.set(`log/tile/${level}/${place}`, joined(...part));
        if (part.length === 256) {
          const tree = new Tree(this.tools.sha256);
          for (const each of part) await tree.grow(each);
          above.push(await tree.root());
        }
        if (level) continue;
        const leaves = part.map((_, n) => this.leaves.get(BigInt(start + n)));
        const sized = leaves.flatMap((leaf) => [Uint8Array.of(leaf.length >> 8, leaf.length & 255), leaf]);
        expected.set(`log/tile/entries/${place}`, joined(...sized));
      }
      row = above;
    }
    const same = there.length === expected.size && there.every((name) => expected.has(name));
    need(same, "log/ has other files than the log has.");
    for (const [name, raw] of expected) {
      need(equal(await this.read(name), raw), `${name} is of another log.`);
    }
  }
}

function checkEnd(event, said, ending) {
  let fits = ending.type.split(".").at(-1) === ENDED_BY[said.why];
  if (fits && said.why === "redacted") {
    const data = ending.said.get("data");
    const ref = `${event.service}/${event.position}`;
    fits = data instanceof Map && data.get("digest") === said.digest && data.get("event") === ref;
  }
  need(fits, `Entry ${said.i}: the entry that is named did not end that field.`);
}

function checkValue(fold, value, count, spare, values) {
  if (fold === "count") {
    need(value === count, `there are ${count}`);
  } else if (fold === "sum") {
    need(values.every(isWhole), "what is added is no number");
    const total = values.reduce((sum, each) => sum + each, 0n);
    need(spare || value === total, `it is ${total}`);
  } else {
    const kinds = BigInt(new Set(values.map(written)).size);
    need(kinds <= value && value <= kinds + spare, `it is ${kinds}`);
  }
}

function placeOf(number, width) {
  const digits = String(number);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g);
  const path = [...groups.slice(0, -1).map((each) => `x${each}`), groups.at(-1)].join("/");
  return width === 256 ? path : `${path}.p/${width}`;
}

// What is said

const SENTENCES = {
  verified: "Verified. This is what the log holds, and the witnesses that are needed have seen it.",
  short: "Valid, but not verified: the witnesses that are needed have not all seen it.",
};

/** Return POSIX seconds as people read them, in UTC. */
function moment(at) {
  const seconds = Number(at < 1n << 37n ? at : 1n << 37n);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function witnessed(policy, { seen }) {
  return [...seen].map(([name, at]) => `witnessed by ${policy.called(name)} (${moment(at)})`);
}

function invalid(subject, why) {
  const not = ["that anything of this was ever recorded"];
  return { verdict: "invalid", exit: 1, sentence: `Not valid. ${why}`, why, subject, established: [], not };
}

function outcome(short, said) {
  const verdict = short ? "short" : "verified";
  return { verdict, exit: short ? 3 : 0, sentence: SENTENCES[verdict], why: "", ...said };
}

async function judged(subject, does) {
  try {
    return await does();
  } catch (error) {
    if (error instanceof Invalid) return invalid(subject, error.message);
    if (error instanceof Damaged) return invalid(subject, `This is no zip that can be read: ${error.message}.`);
    throw error;
  }
}

/**
 * Verify the zip of a report.
 *
 * Takes the zip as a Blob, the reader's own policy as bytes or null, POSIX seconds as a BigInt, and
 * `primitives()`. Returns `verdict` (verified, invalid, short), `exit` (as of `accord verify`), one
 * `sentence`, `why` it is invalid, the `subject`, what is `established` and what is `not`.
 */
export function verifyReport(blob, policy, now, tools) {
  return judged("A report", async () => {
    const report = new Report(await Zip.open(blob), now, tools);
    await report.verify(policy);
    const { head, figures, hashes, events } = report;
    const whole = figures.filter(({ over, of }) => over !== null && over === of);
    const kinds = [...new Set(report.kept)].sort();
    const counts = kinds.map((why) => `${report.kept.filter((each) => each === why).length} ${why}`);
    const beyond = figures.filter((each) => !whole.includes(each));
    const needsNobody = report.cameAlong && report.policy.quorum === "none";
    return outcome(needsNobody || !report.notes.every(({ met }) => met), {
      subject: `${head.report} of ${head.origin}, entries ${head.from} to ${head.to}, for ${head.audience}`,
      established: [
        "signed by the log",
        ...witnessed(report.policy, report.notes.at(-1)),
        `complete: ${hashes.length} entries, none left out, added or changed`,
        `${whole.length} figures counted again`,
      ],
      not: [
        `fields withheld: ${counts.join(", ") || "none"}`,
        `what ${hashes.length - events.size} hidden entries say`,
        "events that were never submitted, and whether what is said in them is true",
        ...beyond.map(({ name, over, of }) => `figure ${quoted(name)}${of ? ` beyond ${over} of ${of} entries` : ""}`),
        ...(report.cameAlong ? ["that the policy is right: it came with the report; add your own"] : []),
        "anything after the last entry; the report's name, audience and time of making",
      ],
    });
  });
}

/**
 * Verify that an entry is in a log.
 *
 * Takes the proof, the entry as it was recorded and the policy as bytes; the rest, and what is
 * returned, are as for a report.
 */
export function verifyProof(raw, leaf, policy, now, tools) {
  return judged("A proof", async () => {
    const relied = await Policy.read(policy, tools);
    const { index, hashes, note } = readProof(raw);
    const found = await checkpoint(note, relied, now, "The checkpoint", tools);
    const hashed = await tools.sha256(joined(LEAF, leaf));
    const root = await rootFrom(tools.sha256, index, found.size, hashed, hashes);
    need(equal(root, found.root), "The entry does not lead to the root that was signed.");
    return outcome(!found.met, {
      subject: `Entry ${index} of ${found.origin}, of ${found.size}`,
      established: ["signed by the log", ...witnessed(relied, found), `it is in the log: ${whatIs(leaf)}`],
      not: [
        `anything after entry ${found.size - 1n}`,
        ...(relied.quorum === "none" ? ["that others are shown the same history: the policy asks for no witness"] : []),
        "events that were never submitted, and whether what is said in them is true",
      ],
    });
  });
}

function readProof(raw) {
  need(raw.length <= 2 * MOST_NOTE, "The proof is too large.");
  const text = LATIN.decode(raw);
  const at = text.indexOf("\n\n");
  need(at >= 0, "The proof has no empty line with a checkpoint below it.");
  const [version, ...lines] = text.slice(0, at).split("\n");
  need(version === PROOF, `The proof does not begin with ${PROOF}.`);
  if (lines[0]?.startsWith("extra ")) fromBase64(lines.shift().slice(6), "What is extra");
  need(lines[0]?.startsWith("index "), "The proof does not say its index.");
  const index = sizeOf(lines.shift().slice(6), "The proof's index");
  need(lines.length <= 63, "The proof has too many hashes.");
  const hashes = lines.map((line) => fromBase64(line, "A hash of the proof"));
  need(hashes.every((each) => each.length === 32), "A hash of the proof has not 32 bytes.");
  return { index, hashes, note: raw.subarray(at + 2) };
}

function whatIs(leaf) {
  try {
    const event = new Event(leaf);
    return `${event.type.split(".").at(-1)} at ${event.service} ${event.position}`;
  } catch {
    return `${leaf.length} bytes`;
  }
}

/** Say what some bytes are: "report", "proof", "policy", or "entry" for anything else. */
export function kindOf(bytes) {
  const text = LATIN.decode(bytes.subarray(0, MOST_NOTE));
  if (text.startsWith("PK")) return "report";
  if (text.startsWith("c2sp.org/tlog-proof")) return "proof";
  return /^quorum[ \t]/m.test(text) ? "policy" : "entry";
}
