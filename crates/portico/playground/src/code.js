// The operation in the editor as a command or program. Each reads the token from an environment variable and contains none.

/** Name of the environment variable with the token. */
export const VARIABLE = 'PORTICO_TOKEN';

const quoted = (text) => JSON.stringify(text);
const indented = (text, spaces) => text.replace(/\n/g, `\n${' '.repeat(spaces)}`);

/** A word of a POSIX shell: nothing is special in single quotes, and a single quote stands outside them. */
const shellWord = (text) => `'${text.replace(/'/g, `'\\''`)}'`;

/** `curl`, for a POSIX shell. */
export function curl({ endpoint, isSignedIn, headers, body }) {
  const lines = [`curl -sS --fail-with-body ${shellWord(endpoint)}`];
  // The shell refuses to run it without the variable.
  if (isSignedIn) lines.push(`-H "Authorization: Bearer \${${VARIABLE}:?set it to a bearer token}"`);
  for (const [name, value] of headers) lines.push(`-H ${shellWord(`${name}: ${value}`)}`);
  lines.push(`-H 'Content-Type: application/json'`, `--data-raw ${shellWord(JSON.stringify(body))}`);
  return `${lines.join(' \\\n  ')}\n`;
}

const template = (text) => `\`${text.replace(/[\\`]|\$(?=\{)/g, '\\$&')}\``;

/** TypeScript with `fetch`, which is also a JavaScript module. */
export function typeScript({ endpoint, isSignedIn, headers, body }) {
  const { query, variables, operationName } = body;
  const text = [`// Node.js 18 or newer, as a module (.mts or .mjs).`];
  if (isSignedIn) {
    text.push(
      `const token = process.env.${VARIABLE};`,
      `if (!token) throw new Error("Set ${VARIABLE} to a bearer token.");`,
    );
  }
  text.push(`const query = ${template(query)};`);
  const sent = ['query'];
  if (variables) {
    text.push(`const variables = ${JSON.stringify(variables, null, 2)};`);
    sent.push('variables');
  }
  if (operationName) sent.push(`operationName: ${quoted(operationName)}`);
  const all = headers.map(([name, value]) => `    ${quoted(name)}: ${quoted(value)},`);
  if (isSignedIn) all.unshift('    Authorization: `Bearer ${token}`,');
  text.push(
    '',
    `const response = await fetch(${quoted(endpoint)}, {`,
    '  method: "POST",',
    '  headers: {',
    ...all,
    '    "Content-Type": "application/json",',
    '  },',
    `  body: JSON.stringify({ ${sent.join(', ')} }),`,
    '});',
    'const result = await response.json();',
    'console.log(JSON.stringify(result, null, 2));',
    'if (result.errors) process.exitCode = 1;',
  );
  return `${text.join('\n')}\n`;
}

/** A string of Python over several lines. Three quotes would end it, as would one before its end. */
const longString = (text) => {
  const escaped = text.replace(/\\/g, '\\\\').replace(/'''|'$/g, (quotes) => quotes.replace(/'/g, "\\'"));
  return `'''${escaped}'''`;
};

/** A value in Python's notation. Escapes in JSON's strings are the same in Python. */
const pythonValue = (value) => {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const [first, last] = Array.isArray(value) ? '[]' : '{}';
  const items = Array.isArray(value)
    ? value.map(pythonValue)
    : Object.entries(value).map(([name, item]) => `${quoted(name)}: ${pythonValue(item)}`);
  if (items.length === 0) return first + last;
  return `${first}\n    ${indented(items.join(',\n'), 4)},\n${last}`;
};

/** Python with its standard library alone. */
export function python({ endpoint, isSignedIn, headers, body }) {
  const { query, variables, operationName } = body;
  const text = ['import json'];
  if (isSignedIn) text.push('import os');
  text.push('import sys', 'import urllib.error', 'import urllib.request', '');
  if (isSignedIn) {
    text.push(`token = os.environ.get("${VARIABLE}") or sys.exit("Set ${VARIABLE} to a bearer token.")`);
  }
  text.push(`query = ${longString(query)}`);
  const sent = ['"query": query'];
  if (variables) {
    text.push(`variables = ${pythonValue(variables)}`);
    sent.push('"variables": variables');
  }
  if (operationName) sent.push(`"operationName": ${quoted(operationName)}`);
  const all = headers.map(([name, value]) => `        ${quoted(name)}: ${quoted(value)},`);
  if (isSignedIn) all.unshift('        "Authorization": f"Bearer {token}",');
  text.push(
    '',
    'request = urllib.request.Request(',
    `    ${quoted(endpoint)},`,
    `    data=json.dumps({${sent.join(', ')}}).encode(),`,
    '    headers={',
    ...all,
    '        "Content-Type": "application/json",',
    '    },',
    ')',
    'try:',
    '    with urllib.request.urlopen(request) as response:',
    '        answer = json.load(response)',
    'except urllib.error.HTTPError as refusal:',
    '    answer = json.load(refusal)',
    'print(json.dumps(answer, indent=2))',
    'sys.exit(1 if "errors" in answer else 0)',
  );
  return `${text.join('\n')}\n`;
}
