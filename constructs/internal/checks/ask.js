'use strict';
const http = require('node:http');
const https = require('node:https');
const http2 = require('node:http2');
const { isIP } = require('node:net');

const LARGEST = 1024 * 1024; // bytes of an answer's body

// ask sends the request of a check to a target, {url, host, http2}, and resolves to the answer. Redirects are not followed.
function ask(target, check) {
  const url = new URL(target.url + check.path);
  const headers = { 'user-agent': 'storeship', ...check.headers };
  if (check.body) headers['content-length'] = String(Buffer.byteLength(check.body));
  const begun = Date.now();
  return new Promise((resolve, reject) => {
    let close = () => {};
    const end = (settle, value) => {
      clearTimeout(timer);
      settle(value);
      close();
    };
    const fail = (err) => end(reject, err);
    const timer = setTimeout(() => fail(new Error(`no answer within ${check.expect.latencyMs} ms`)), check.expect.latencyMs);
    const read = (stream, status, received) => {
      const parts = [];
      let size = 0;
      stream.on('data', (part) => {
        parts.push(part);
        size += part.length;
        if (size > LARGEST) fail(new Error(`the answer has more than ${LARGEST} bytes`));
      });
      stream.on('aborted', () => fail(new Error('the connection was closed within the answer')));
      stream.on('end', () => end(resolve, {
        status, headers: received, body: Buffer.concat(parts).toString('utf8'), milliseconds: Date.now() - begun,
      }));
    };
    if (target.http2) {
      const session = http2.connect(url);
      close = () => session.destroy();
      session.on('error', fail);
      const stream = session.request({
        ':method': check.method, ':path': url.pathname + url.search, ':authority': target.host || url.host, ...headers,
      }, { endStream: !check.body });
      stream.on('response', (received) => read(stream, received[':status'], received));
      stream.on('error', fail);
      if (check.body) stream.end(check.body);
      return;
    }
    if (target.host) headers.host = target.host;
    // Without a name of its own, TLS would take the header's.
    const servername = isIP(url.hostname) ? '' : url.hostname;
    const request = (url.protocol === 'https:' ? https : http).request(url, { method: check.method, headers, servername, agent: false });
    close = () => request.destroy();
    request.on('response', (response) => read(response, response.statusCode, response.headers));
    request.on('error', fail);
    request.end(check.body);
  });
}

// wrong lists what of an answer is not as its check expects it.
function wrong(check, answer) {
  const { status, headers = {}, json = {}, latencyMs } = check.expect;
  const problems = [];
  if (status ? answer.status !== status : answer.status < 200 || answer.status > 299) {
    problems.push(`the status is ${answer.status} and must be ${status || '200 to 299'}`);
  }
  for (const [name, part] of Object.entries(headers)) {
    const value = String(answer.headers[name.toLowerCase()] ?? '');
    if (!value.toLowerCase().includes(part.toLowerCase())) {
      problems.push(`the header ${name} is ${quoted(value)} and must contain ${quoted(part)}`);
    }
  }
  if (Object.keys(json).length > 0) problems.push(...wrongJSON(json, answer.body));
  if (answer.milliseconds > latencyMs) problems.push(`it took ${answer.milliseconds} ms and may take ${latencyMs}`);
  return problems;
}

// wrongJSON compares values at paths such as items.0.name with their texts.
function wrongJSON(json, body) {
  let document;
  try {
    document = JSON.parse(body);
  } catch {
    return ['the body is no JSON'];
  }
  const problems = [];
  for (const [path, text] of Object.entries(json)) {
    let value = document;
    for (const step of path.split('.')) {
      value = value !== null && typeof value === 'object' && Object.hasOwn(value, step) ? value[step] : undefined;
    }
    const got = typeof value === 'string' ? value : JSON.stringify(value);
    if (got !== text) problems.push(got === undefined ? `the body has no ${path}` : `${path} is ${quoted(got)} and must be ${quoted(text)}`);
  }
  return problems;
}

// passes asks a check and resolves to what is wrong, in a line; empty when all is well.
async function passes(target, check) {
  let answer;
  try {
    answer = await ask(target, check);
  } catch (err) {
    return `${check.method} ${check.path}: ${err.message || err.code}`;
  }
  const problems = wrong(check, answer);
  if (problems.length === 0) return '';
  const body = answer.body ? `; the body begins with ${quoted(answer.body)}` : '';
  return `${check.method} ${check.path}: ${problems.join('; ')}${body}`;
}

// quoted is text for a log, in one line and of a bearable length.
function quoted(text) {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
