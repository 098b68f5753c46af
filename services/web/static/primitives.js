// SHA-256 and Ed25519: the browser's own (WebCrypto) where it has them, else the same written out
// here, from FIPS 180-4 and RFC 8032. Pages that come without TLS have no WebCrypto.

const MASK = (1n << 64n) - 1n;
const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** Return `sha256(bytes)` and `ed25519(key, signature, message)`, both asynchronous. */
export async function primitives(crypto = globalThis.crypto) {
  const own = { sha256: async (bytes) => sha256(bytes), ed25519: async (...given) => ed25519(...given) };
  const subtle = crypto?.subtle;
  if (!subtle) return { ...own, by: "this page" };
  const theirs = async (bytes) => new Uint8Array(await subtle.digest("SHA-256", bytes));
  return { sha256: theirs, ed25519: (await signs(subtle)) ?? own.ed25519, by: "the browser" };
}

async function signs(subtle) {
  const read = (key) => subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  try {
    await read(bytesOf(BASE));
  } catch {
    return null; // a browser that does not know Ed25519 yet
  }
  return async (key, signature, message) => {
    try {
      return await subtle.verify({ name: "Ed25519" }, await read(key), signature, message);
    } catch {
      return false;
    }
  };
}

// Constants of SHA-2 (FIPS 180-4, 4.2 and 5.3): the first bits behind the point of the square roots
// of the first 8 primes, and of the cube roots of the first 80.

function root(of, power) {
  let low = 0n;
  let high = 1n << 80n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** power <= of) low = middle;
    else high = middle;
  }
  return low;
}

const PRIMES = [];
for (let number = 2; PRIMES.length < 80; number++) {
  if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
}
const STARTS = PRIMES.slice(0, 8).map((prime) => root(BigInt(prime) << 128n, 2n) & MASK);
const ROUNDS = PRIMES.map((prime) => root(BigInt(prime) << 192n, 3n) & MASK);
const STARTS_32 = STARTS.map((each) => Number(each >> 32n));
const ROUNDS_32 = ROUNDS.slice(0, 64).map((each) => Number(each >> 32n));

function padded(bytes, block) {
  const length = Math.ceil((bytes.length + 1 + block / 8) / block) * block;
  const all = new Uint8Array(length);
  all.set(bytes);
  all[bytes.length] = 0x80;
  new DataView(all.buffer).setBigUint64(length - 8, BigInt(bytes.length) * 8n);
  return new DataView(all.buffer);
}

/** Return the 32 bytes of SHA-256 (FIPS 180-4, 6.2). */
export function sha256(bytes) {
  const data = padded(bytes, 64);
  const state = [...STARTS_32];
  const w = new Array(64);
  const turned = (x, by) => (x >>> by) | (x << (32 - by));
  for (let at = 0; at < data.byteLength; at += 64) {
    for (let t = 0; t < 16; t++) w[t] = data.getUint32(at + 4 * t);
    for (let t = 16; t < 64; t++) {
      const one = turned(w[t - 15], 7) ^ turned(w[t - 15], 18) ^ (w[t - 15] >>> 3);
      const two = turned(w[t - 2], 17) ^ turned(w[t - 2], 19) ^ (w[t - 2] >>> 10);
      w[t] = (w[t - 16] + one + w[t - 7] + two) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t++) {
      const chosen = (e & f) ^ (~e & g);
      const most = (a & b) ^ (a & c) ^ (b & c);
      const first = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + chosen + ROUNDS_32[t] + w[t]) | 0;
      const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + most) | 0;
      [a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((each, n) => (state[n] = (state[n] + each) | 0));
  }
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((each, n) => out.setInt32(4 * n, each));
  return new Uint8Array(out.buffer);
}

/** Return the 64 bytes of SHA-512 (FIPS 180-4, 6.4). */
export function sha512(bytes) {
  const data = padded(bytes, 128);
  const state = [...STARTS];
  const w = new Array(80);
  const turned = (x, by) => ((x >> by) | (x << (64n - by))) & MASK;
  for (let at = 0; at < data.byteLength; at += 128) {
    for (let t = 0; t < 16; t++) w[t] = data.getBigUint64(at + 8 * t);
    for (let t = 16; t < 80; t++) {
      const one = turned(w[t - 15], 1n) ^ turned(w[t - 15], 8n) ^ (w[t - 15] >> 7n);
      const two = turned(w[t - 2], 19n) ^ turned(w[t - 2], 61n) ^ (w[t - 2] >> 6n);
      w[t] = (w[t - 16] + one + w[t - 7] + two) & MASK;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 80; t++) {
      const chosen = (e & f) ^ (~e & MASK & g);
      const most = (a & b) ^ (a & c) ^ (b & c);
      const first = h + (turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n)) + chosen + ROUNDS[t] + w[t];
      const second = (turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n)) + most;
      [a, b, c, d, e, f, g, h] = [(first + second) & MASK, a, b, c, (d + first) & MASK, e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((each, n) => (state[n] = (state[n] + each) & MASK));
  }
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((each, n) => out.setBigUint64(8 * n, each));
  return new Uint8Array(out.buffer);
}

// Ed25519 (RFC 8032, 5.1), over extended coordinates (X : Y : Z : T), x = X/Z, y = Y/Z, T = XY/Z.

const within = (number) => ((number % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let b = within(base), e = exponent; e; e >>= 1n, b = (b * b) % P) {
    if (e & 1n) result = (result * b) % P;
  }
  return result;
}

const D = within(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_1 = power(2n, (P - 1n) / 4n);
const Y_OF_BASE = within(4n * power(5n, P - 2n));
const BASE = pointOf(Y_OF_BASE, 0n);

function numberOf(bytes) {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

function bytesOf([x, y, z]) {
  const inverse = power(z, P - 2n);
  let number = within(y * inverse) | ((within(x * inverse) & 1n) << 255n);
  return Uint8Array.from({ length: 32 }, () => {
    const byte = Number(number & 255n);
    number >>= 8n;
    return byte;
  });
}

function pointOf(given, odd) {
  const y = within(given);
  const above = within(y * y - 1n);
  const below = within(D * y * y + 1n);
  let x = within(above * power(below, 3n) * power(above * power(below, 7n), (P - 5n) / 8n));
  if (within(below * x * x) !== above) {
    x = within(x * ROOT_OF_MINUS_1);
    if (within(below * x * x) !== above) return null;
  }
  if ((x & 1n) !== odd) x = within(-x);
  return [x, y, 1n, within(x * y)];
}

function sum(one, other) {
  const a = within((one[1] - one[0]) * (other[1] - other[0]));
  const b = within((one[1] + one[0]) * (other[1] + other[0]));
  const c = within(2n * one[3] * other[3] * D);
  const d = within(2n * one[2] * other[2]);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [within(e * f), within(g * h), within(f * g), within(e * h)];
}

function times(number, point) {
  let total = [0n, 1n, 1n, 0n];
  for (let n = number, base = point; n; n >>= 1n, base = sum(base, base)) {
    if (n & 1n) total = sum(total, base);
  }
  return total;
}

/** Say whether 64 bytes are the signature of a message by a key of 32 bytes. */
export function ed25519(key, signature, message) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const number = numberOf(key);
  const point = pointOf(number & ((1n << 255n) - 1n), number >> 255n);
  const s = numberOf(signature.subarray(32));
  if (point === null || s >= ORDER) return false;
  const all = new Uint8Array([...signature.subarray(0, 32), ...key, ...message]);
  const k = numberOf(sha512(all)) % ORDER;
  const minus = [within(-point[0]), point[1], point[2], within(-point[3])];
  const found = bytesOf(sum(times(s, BASE), times(k, minus)));
  return found.every((byte, n) => byte === signature[n]);
}
