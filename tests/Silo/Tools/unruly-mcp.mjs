// An MCP server that does what servers should not, one JSON-RPC message a line. Its arguments: the file it writes what it is told to, and how it misbehaves.
import { appendFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [journal, ...habits] = process.argv.slice(2);
const note = (text) => appendFileSync(journal, `${text}\n`);
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const text = (value) => ({ content: [{ type: "text", text: String(value) }] });
note(`started ${process.pid}`);
if (habits.includes("die")) {
  process.stderr.write("no licence found\n");
  process.exit(4);
}
if (habits.includes("stubborn")) {
  process.on("SIGTERM", () => {});
  setInterval(() => {}, 1000);
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  note(`child ${child.pid}`);
}
const stray = () => process.stdout.write('Listening...\n\n{"level":"info"}\n[1, 2\n');
stray();
send({ method: "notifications/message", params: { level: "info", data: "early" } });

const tools = {
  pid: () => text(process.pid),
  env: () => text(JSON.stringify(process.env)),
  exit: () => process.exit(1),
  secret: () => {
    process.stderr.write(`the token is ${process.env.TOKEN}\n`);
    return text(`the token is ${process.env.TOKEN}`);
  },
  endless: () => {
    const block = "x".repeat(1 << 20);
    for (let written = 0; written < 80; written++) process.stdout.write(block);
  },
  noisy: () => {
    stray();
    return text("after the noise");
  },
  hang: () => undefined,
  slow: (id, token) => {
    let step = 0;
    const timer = setInterval(() => {
      send({ method: "notifications/progress", params: { progressToken: token, progress: ++step, total: 3, message: `step ${step}` } });
      if (step === 3) {
        clearInterval(timer);
        send({ id, result: text("done") });
      }
    }, 20);
  },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize") {
    send({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "unruly", version: "1" } } });
  } else if (method === "tools/list") {
    send({ id, result: { tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: "object" } })) } });
  } else if (method === "tools/call") {
    note(`call ${params.name}`);
    const result = tools[params.name]?.(id, params._meta?.progressToken);
    if (result) {
      send({ id, result });
    }
  } else if (method === "notifications/cancelled") {
    note(`cancelled ${params.requestId}`);
  } else if (id !== undefined) {
    send({ id, error: { code: -32601, message: `no method ${method}` } });
  }
});
process.stdin.on("end", () => {
  note("input closed");
  if (!habits.includes("stubborn")) {
    process.exit(0);
  }
});
