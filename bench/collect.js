// SPDX-License-Identifier: ISC
// Node: child_process.spawn(), whose pipes are Unix sockets.
"use strict";
const { spawn } = require("child_process");

const [work, number] = process.argv.slice(2);
const size = Number(number);
const input = work === "feed" ? Buffer.alloc(size, "x") : null;
const began = process.hrtime.bigint();
const child =
	work === "collect"
		? spawn("head", ["-c", number, "/dev/zero"], { stdio: ["ignore", "pipe", "inherit"] })
		: spawn("cat", [], { stdio: ["pipe", "ignore", "inherit"] });
const pieces = [];

if (work === "collect") child.stdout.on("data", (piece) => pieces.push(piece));
else child.stdin.end(input);
child.on("close", (code) => {
	const output = Buffer.concat(pieces);

	if (code !== 0 || (work === "collect" && output.length !== size)) {
		console.error("the child has failed, or wrong size");
		process.exit(1);
	}
	console.log(String((process.hrtime.bigint() - began) / 1000n));
});
