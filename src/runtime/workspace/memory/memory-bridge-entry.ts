import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';

/**
 * The memory's MCP server on stdin and stdout, for agents that speak it no other way: `memory-bridge-entry URL`, the token in AGENTNEXUS_MEMORY_TOKEN. It runs inside
 * of the agent's walls and knows nothing: each line is posted to the host, whose answer is the next line. What it may is decided there.
 */
const [, , url = ''] = process.argv;
const token = process.env['AGENTNEXUS_MEMORY_TOKEN'] ?? '';

// One at a time: answers come in the order of the questions.
for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
  if (line.trim() === '') continue;
  const answer = await posted(line).catch((error: unknown) => faultFor(line, String(error)));
  if (answer !== '') process.stdout.write(`${answer}\n`);
}

function posted(body: string): Promise<string> {
  // Node asks the sandbox's proxy only where it is told to, which an agent may not hand on: so it is asked from here, and by nobody else.
  const proxy = process.env['HTTP_PROXY'] ?? process.env['http_proxy'];
  const target = proxy === undefined || proxy === '' ? new URL(url) : new URL(proxy);
  const headers: Record<string, string> = {
    host: new URL(url).host,
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  };
  if (target.username !== '') {
    const given = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
    headers['proxy-authorization'] = `Basic ${Buffer.from(given).toString('base64')}`;
  }
  const path = proxy === undefined || proxy === '' ? target.pathname : url;
  return new Promise((resolve, reject) => {
    const to = { host: target.hostname, port: target.port, agent: new Agent() };
    const sent = request({ ...to, method: 'POST', path, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200 || response.statusCode === 202) resolve(Buffer.concat(parts).toString('utf8'));
        else reject(new Error(`the memory answers ${response.statusCode ?? 'nothing'}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Empty for what wants no answer. */
function faultFor(line: string, message: string): string {
  try {
    const { id } = JSON.parse(line) as { id?: unknown };
    return id === undefined ? '' : JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_603, message } });
  } catch {
    return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_700, message } });
  }
}
