// SPDX-License-Identifier: ISC
// Node.js: child_process.spawn(), with three inherited descriptors. Options and output as in
// contend.h, but for threads: it has one.
'use strict'
const { spawn } = require('child_process')
const { openSync } = require('fs')
const { parseArgs } = require('util')

const text = { type: 'string' }
const { values, positionals } = parseArgs({
  options: { fds: text, memory: text, starts: text, within: text },
  allowPositionals: true
})
const starts = Number(values.starts ?? 100)
const now = process.hrtime.bigint

const stdio = [openSync('/dev/null', 'r'), openSync('/dev/null', 'w'), openSync('/dev/null', 'w')]
for (let i = 0; i < Number(values.fds ?? 0); i++) openSync('/dev/null', 'r')
// Globally, or it would be collected.
globalThis.memory = []
for (let left = Number(values.memory ?? 0); left > 0; left -= 256) {
  memory.push(Buffer.alloc(Math.min(left, 256) << 20, 1))
}

function start () {
  return new Promise((resolve, reject) => {
    const began = now()
    const child = spawn(positionals[0], [], { stdio })
    const call = now() - began
    child.on('error', reject)
    child.on('exit', code => code === 0 ? resolve([now() - began, call]) : reject(code))
  })
}

async function repeat (count, milliseconds) {
  const until = Date.now() + milliseconds
  const measured = []
  while (measured.length < count && (measured.length < 4 || Date.now() < until)) {
    measured.push(await start())
  }
  return measured
}

async function main () {
  const within = Number(values.within ?? 10000)
  await repeat(Math.min(starts, 20), within / 5)
  const began = now()
  const measured = await repeat(starts, within)
  const took = now() - began
  for (const [whole, call] of measured) console.log(`start ${whole} ${call}`)
  console.log(`rate ${BigInt(measured.length) * 1000000000n / took}`)
}

main().catch(error => {
  console.error(String(error))
  process.exit(1)
})
