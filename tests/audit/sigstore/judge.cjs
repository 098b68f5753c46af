// Let @sigstore/verify judge claims that a leaf is in a log, one a line of standard input.
//
//   {"name", "public", "leaf", "index", "hashes", "checkpoint"}   bytes in base64, of the log's key too
//
// One line of standard output each: {"holds": true, "origin", "size"}, or {"holds": false, "why"}.
'use strict';

const { createHash, createPublicKey } = require('node:crypto');
const { createInterface } = require('node:readline');
const { verifyCheckpoint } = require('@sigstore/verify/dist/tlog/checkpoint.js');
const { verifyMerkleInclusion } = require('@sigstore/verify/dist/tlog/merkle.js');

const ED25519_NOTE = Buffer.of(0x01);
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

function authority({ name, public: encoded }) {
  const raw = Buffer.from(encoded, 'base64');
  const id = createHash('sha256').update(name).update('\n').update(ED25519_NOTE).update(raw);
  const spki = Buffer.concat([ED25519_SPKI, raw]);
  return {
    baseURL: name,
    logID: id.digest(),
    publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
  };
}

function judged(claim) {
  const entry = {
    canonicalizedBody: Buffer.from(claim.leaf, 'base64'),
    inclusionProof: {
      logIndex: claim.index,
      hashes: claim.hashes.map((hash) => Buffer.from(hash, 'base64')),
      checkpoint: { envelope: claim.checkpoint },
    },
  };
  try {
    const checkpoint = verifyCheckpoint(entry, [authority(claim)]);
    verifyMerkleInclusion(entry, checkpoint);
    return { holds: true, origin: checkpoint.origin, size: String(checkpoint.logSize) };
  } catch (error) {
    return { holds: false, why: `${error.name}: ${error.message}` };
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(`${JSON.stringify(judged(JSON.parse(line)))}\n`);
});
