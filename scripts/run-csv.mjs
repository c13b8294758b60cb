#!/usr/bin/env node
// Runs the rows of a CSV file through a pipeline of a running PromptDesigner. Needs Node.js 18 or newer and nothing else.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const usage = `Usage: node scripts/run-csv.mjs FILE.csv PIPELINE --map column=input [--map …] [options]

  --map column=input   the cell of a column becomes that input; may be given several times
  --set input=text     the same text for every run
  --url URL            the application (default: PROMPTDESIGNER_URL, or http://127.0.0.1:5080)
  --key KEY            an API key (default: PROMPTDESIGNER_KEY)
  --rows N             only the first N rows
  --at-once N          runs at the same time (default 8)
  --list K             K rows make one run; each mapped input is the list of their cells
  --approve            approve gates that the key's person may decide
  --patience SECONDS   how long to wait for one run (default 300)
  --json FILE          also write every run, as JSON lines instead of the table: '-' is the standard output`;

const { values: given, positionals } = readArguments();
const [file, pipelineName] = positionals;
const base = (given.url ?? process.env.PROMPTDESIGNER_URL ?? 'http://127.0.0.1:5080').replace(/\/+$/, '');
const key = given.key ?? process.env.PROMPTDESIGNER_KEY;
if (!file || !pipelineName || !given.map?.length || !key) stop(usage);
const mapping = given.map.map(pair);
const fixed = Object.fromEntries((given.set ?? []).map(pair));
const patience = number('patience', 300) * 1000;

const rows = toObjects(parseCsv(await readFile(file, 'utf8'))).slice(0, number('rows', Infinity));
for (const [column] of mapping) if (rows.length > 0 && !(column in rows[0])) stop(`${file} has no column '${column}'; it has ${Object.keys(rows[0]).join(', ')}.`);
const size = number('list', 1);
const works = [];
for (let at = 0; at < rows.length; at += size) works.push({ at, rows: rows.slice(at, at + size) });

const pipeline = await findPipeline(pipelineName);
const since = performance.now();
const results = await inParallel(works, number('at-once', 8), work);
report();

/** Runs one row, or one list of rows, to its end. */
async function work({ at, rows }) {
  const inputs = { ...fixed };
  for (const [column, input] of mapping) inputs[input] = given.list === undefined ? rows[0][column] : rows.map(row => row[column]);
  const began = performance.now();
  try {
    let run = await call('POST', `/pipelines/${pipeline}/runs`, { inputs });
    do run = await settle(run.id, began);
    while (given.approve && run.status === 'Waiting' && await approve(run));
    return { at, count: rows.length, run, ms: performance.now() - began };
  } catch (error) {
    return { at, count: rows.length, run: { status: 'Error', error: { code: error.code ?? 'client', message: error.message } }, ms: performance.now() - began };
  }
}

/** The run, once it is over or waits for people. */
async function settle(id, began) {
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 1000)) {
    const run = await call('GET', `/runs/${id}`);
    if (run.status === 'Waiting' && run.waitingFor === 'people') return run;
    if (!['Queued', 'Running', 'Waiting'].includes(run.status)) return run;
    if (performance.now() - began > patience) throw new Error(`Run ${id} is ${run.status} after ${patience / 1000} s.`);
    await new Promise(go => setTimeout(go, pause));
  }
}

/** Approves the open gates of a run; false where there is none that this key's person may decide. */
async function approve(run) {
  let any = false;
  for (const id of await gates(run)) {
    const gate = await call('GET', `/approvals/${id}`);
    if (gate.status !== 'Pending') continue;
    try {
      await call('POST', `/approvals/${id}/decision`, { decision: 'approve', contentHash: gate.contentHash });
      any = true;
    } catch (error) {
      if (error.status === 409) any = true; // somebody else was first
      else if (error.status !== 403) throw error;
    }
  }
  return any;
}

async function gates(run) {
  const found = [];
  for (let page = { items: run.steps, next: run.stepsNext }; ; page = await call('GET', `/runs/${run.id}/steps?status=waiting&after=${page.next}`)) {
    found.push(...page.items.filter(step => step.status === 'Waiting' && step.approval).map(step => step.approval));
    if (!page.next) return found;
  }
}

async function findPipeline(name) {
  const names = [];
  for (let next = ''; ;) {
    const page = await call('GET', `/pipelines?limit=200${next ? `&after=${next}` : ''}`);
    for (const found of page.items) if (found.name === name || found.id === name) return found.id;
    names.push(...page.items.map(x => x.name));
    if (!(next = page.next)) stop(`There is no pipeline '${name}'; there are: ${names.join(', ')}.`);
  }
}

/** Calls the API. A refusal is thrown with its status and code; a full or restarting server is asked again. */
async function call(method, path, body) {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${base}/api/v1${path}`, {
      method, headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (response.ok) return text ? JSON.parse(text) : undefined;
    if ([429, 503].includes(response.status) && attempt < 20) {
      await new Promise(go => setTimeout(go, 1000 * (Number(response.headers.get('Retry-After')) || 1)));
      continue;
    }
    let problem = {};
    try { problem = JSON.parse(text); } catch { /* a proxy's page */ }
    throw Object.assign(new Error(problem.detail ?? problem.title ?? `${response.status} ${text.slice(0, 200)}`), { status: response.status, code: problem.code });
  }
}

async function inParallel(items, atOnce, work) {
  const results = new Array(items.length);
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]);
    }
  }));
  return results;
}

function report() {
  const seconds = (performance.now() - since) / 1000;
  const counts = {};
  for (const { run, count } of results) counts[run.status] = (counts[run.status] ?? 0) + count;
  for (const { at, count, run, ms } of results) {
    if (given.json === '-') {
      console.log(JSON.stringify({ row: at + 1, count, ms: Math.round(ms), run: run.id, status: run.status, outputs: run.outputs, error: run.error }));
      continue;
    }
    const row = String(count > 1 ? `${at + 1}-${at + count}` : at + 1).padStart(7);
    console.log(`${row}  ${run.status.padEnd(9)} ${`${Math.round(ms)} ms`.padStart(8)}  ${run.error ? `${run.error.code}: ${oneLine(run.error.message, 120)}` : describe(run.outputs)}`);
  }
  const succeeded = counts.Succeeded ?? 0;
  const others = Object.entries(counts).filter(([status]) => status !== 'Succeeded').map(([status, count]) => `, ${count} ${status.toLowerCase()}`).join('');
  console.error(`${rows.length} rows in ${results.length} runs, ${succeeded} succeeded${others || ', 0 failed'}, ${seconds.toFixed(1)} s (${(rows.length / seconds).toFixed(1)} rows/s)`);
  process.exitCode = succeeded === rows.length ? 0 : 1;
}

/** Short outputs first and whole, then the long ones, cut. */
function describe(outputs) {
  if (!outputs) return '(no outputs)';
  const texts = Object.entries(outputs).map(([name, value]) => [name, typeof value === 'string' ? value : Array.isArray(value) ? `${value.length} items` : JSON.stringify(value)]);
  const short = texts.filter(([, text]) => text.length <= 24);
  const long = texts.filter(([, text]) => text.length > 24);
  return [...short.map(([name, text]) => `${name}=${text}`), ...long.map(([name, text]) => `${name}: ${oneLine(text, 70)}`)].join('  ');
}

function oneLine(text, most) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** RFC 4180: quoted cells may hold commas, doubled quotes and line ends; a byte order mark is left out. */
function parseCsv(text) {
  const table = [];
  let row = [], cell = '', quoted = false;
  if (text.startsWith('\uFEFF')) text = text.slice(1);
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === ',') { row.push(cell); cell = ''; }
    else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') i++;
      row.push(cell);
      if (row.length > 1 || row[0] !== '') table.push(row);
      row = []; cell = '';
    } else cell += c;
  }
  if (quoted) stop(`${file}: the last quoted cell is never closed.`);
  if (cell !== '' || row.length > 0) table.push([...row, cell]);
  return table;
}

function toObjects([head = [], ...table]) {
  return table.map(row => Object.fromEntries(head.map((name, i) => [name.trim(), row[i] ?? ''])));
}

function readArguments() {
  const text = { type: 'string' }, texts = { type: 'string', multiple: true };
  try {
    return parseArgs({ allowPositionals: true, options: { map: texts, set: texts, url: text, key: text, rows: text, 'at-once': text, list: text, approve: { type: 'boolean' }, patience: text, json: text } });
  } catch (error) {
    return stop(`${error.message}\n\n${usage}`);
  }
}

function pair(text) {
  const at = text.indexOf('=');
  return at > 0 ? [text.slice(0, at), text.slice(at + 1)] : stop(`'${text}' is not of the form name=name.`);
}

function number(name, otherwise) {
  if (given[name] === undefined) return otherwise;
  const value = Number(given[name]);
  return Number.isInteger(value) && value > 0 ? value : stop(`--${name} must be a whole number above 0.`);
}

function stop(message) {
  console.error(message);
  process.exit(2);
}
