// The page: asks the relay for a run, measures one transport after the other, shows what comes of it.

import {METHOD, NotPassed, measure} from './measure.js';
import {THRESHOLDS, TRANSPORTS, judge, quality} from './verdict.js';
import {language, mbit, millis, percent, word} from './words.js';

const ASK_MILLIS = 10_000;
const SVG = 'http://www.w3.org/2000/svg';
const FIGURES = ['connect', 'roundTrip', 'loss', 'throughput'];

const byId = id => document.getElementById(id);

/** What is known of the run. Everything shown is made from this, so a change of language loses nothing. */
let run = emptyRun();

function emptyRun() {
  return {
    isOver: false,
    startedAt: new Date(),
    relay: undefined,    // what POST /check/run said
    problem: undefined,  // {level, sentence, detail, values}: why there is no result
    seen: {udpPackets: 0, tls: 'none'},
    verdict: undefined,
    transports: Object.fromEntries(TRANSPORTS.map(transport => [transport, {state: 'waiting', samples: []}])),
  };
}

// ------------------------------------------------------------------------------------------------ what happens

async function start() {
  run = emptyRun();
  byId('copied').textContent = '';
  document.querySelector('.by-hand')?.remove();
  byId('again').setAttribute('aria-disabled', 'true');
  show();
  try {
    if (typeof RTCPeerConnection !== 'function') throw problem('unknown', 'noWebRtc');
    run.relay = await askForRun();
    for (const transport of TRANSPORTS) await test(transport);
    if (TRANSPORTS.some(transport => run.transports[transport].state === 'failed')) run.seen = await askWhatWasSeen();
    run.verdict = judge(location.protocol === 'https:', run.transports, run.seen);
  } catch (failure) {
    run.problem = failure.problem ?? problem('unknown', 'unreachable').problem;
    if (!failure.problem) console.error(failure);
  }
  run.isOver = true;
  byId('again').removeAttribute('aria-disabled');
  show();
  announce(byId('sentence').textContent);
}

async function test(transport) {
  const state = run.transports[transport];
  const url = turnUrl(transport);
  if (!url) {
    state.state = 'absent';
    return;
  }
  state.state = 'running';
  state.stage = 'connecting';
  show();
  announce(word('running', {transport: word(transport)}));
  try {
    const server = {urls: url, username: run.relay.username, credential: run.relay.credential};
    const figures = await measure(server, progress => {
      const hasNewStage = progress.stage !== state.stage;
      Object.assign(state, progress);
      hasNewStage ? show() : showProgress(transport);
    });
    Object.assign(state, {state: 'passed', figures, quality: quality(figures)});
    announce(word('announceRow', {transport: word(transport), word: word(state.quality), why: word(`${state.quality}Why`)}));
  } catch (failure) {
    if (!(failure instanceof NotPassed)) console.error(failure);
    Object.assign(state, {state: failure.code ? 'refused' : 'failed', code: failure.code});
  }
  show();
}

function turnUrl(transport) {
  const port = run.relay.ports[transport];
  if (!port) return undefined;
  return transport === 'tls'
    ? `turns:${location.hostname}:${port}?transport=tcp`
    : `turn:${location.hostname}:${port}?transport=${transport}`;
}

async function askForRun() {
  const answer = await fetch('/check/run', {method: 'POST', cache: 'no-store', signal: AbortSignal.timeout(ASK_MILLIS)});
  if (answer.status === 429) {
    const minutes = Math.ceil(Number(answer.headers.get('retry-after')) / 60) || 1;
    throw problem('unknown', 'tooMany', {minutes, runs: 10});
  }
  if (!answer.ok) throw problem('unknown', 'unreachable');
  return answer.json();
}

/** Without an answer the page goes by what it knows itself. */
async function askWhatWasSeen() {
  try {
    const answer = await fetch('/check/seen', {cache: 'no-store', signal: AbortSignal.timeout(ASK_MILLIS)});
    return {...run.seen, ...await answer.json()};
  } catch {
    return run.seen;
  }
}

function problem(level, sentence, values = {}) {
  return Object.assign(new Error(sentence), {problem: {level, sentence, detail: `${sentence}Detail`, values}});
}

// ------------------------------------------------------------------------------------------------- what is shown

function show() {
  document.title = word('pageTitle');
  for (const element of document.querySelectorAll('[data-word]')) element.textContent = word(element.dataset.word);
  const other = language() === 'zh' ? 'en' : 'zh';
  Object.assign(byId('language'), {textContent: word('otherLanguage'), href: `/check?lang=${other}`});
  byId('language').lang = other === 'zh' ? 'zh-Hans' : 'en';
  showVerdict();
  byId('rows').replaceChildren(...TRANSPORTS.map(rowOf));
  TRANSPORTS.forEach(showProgress);
  showRules();
  showMethod();
  showFacts();
  byId('copy').hidden = !run.isOver;
}

function showVerdict() {
  const {level, sentence, detail, values} = outcome();
  byId('verdict').dataset.level = level;
  setShape(byId('verdict').querySelector('.shape'), level);
  byId('sentence').textContent = word(sentence, values);
  byId('detail').hidden = !detail;
  byId('detail').textContent = detail ? word(detail, values) : '';
}

function outcome() {
  if (run.problem) return run.problem;
  if (run.verdict) return run.verdict;
  const now = TRANSPORTS.find(transport => run.transports[transport].state === 'running');
  return now
    ? {level: 'running', sentence: 'running', detail: 'runningDetail', values: {transport: word(now)}}
    : {level: 'running', sentence: 'starting', detail: 'runningDetail'};
}

function rowOf(transport) {
  const state = run.transports[transport];
  const {level, text, why} = rowWords(transport, state);
  const port = portOf(transport);
  const name = element('th', {role: 'rowheader', scope: 'row'},
    element('span', {class: 'name'}, word(transport)),
    ...(port ? [' ', element('span', {class: 'port'}, word('port', {port}))] : []),
    element('p', {class: 'about'}, word(`${transport}About`)));
  const result = element('td', {role: 'cell', class: 'result'},
    element('p', {class: 'word'}, shape(level), element('span', {}, text)));
  if (state.state === 'running') result.append(element('progress', {max: '1', 'aria-label': word(transport)}));
  if (state.samples.length || state.state === 'running') result.append(sparkline());
  if (why) result.append(element('p', {class: 'why'}, why));
  const row = element('tr', {role: 'row', id: `row-${transport}`, 'data-level': level}, name, result);
  if (['bad', 'absent', 'unknown'].includes(level)) {  // nothing was measured: the words get the room
    for (const span of ['colspan', 'aria-colspan']) result.setAttribute(span, String(1 + FIGURES.length));
    return row;
  }
  for (const figure of FIGURES) {
    row.append(element('td', {role: 'cell', class: 'number', 'data-figure': figure, 'data-label': word(columnOf(figure))}));
  }
  return row;
}

function rowWords(transport, state) {
  const judged = run.verdict?.rows[transport];
  if (judged) return {level: judged.level, text: word(judged.word), why: word(judged.why, {packets: run.seen.udpPackets, code: state.code})};
  switch (state.state) {
    case 'running': return {level: 'running', text: word(state.stage), why: ''};
    case 'passed': return {level: state.quality, text: word(state.quality), why: word(`${state.quality}Why`)};
    case 'failed': return {level: 'bad', text: word('blocked'), why: ''};
    case 'refused': return {level: 'unknown', text: word('refused'), why: word('refusedWhy', {code: state.code})};
    case 'absent': return {level: 'absent', text: word('absent'), why: word(`${transport}Absent`)};
    default: return {level: 'waiting', text: run.problem ? '–' : word('waiting'), why: ''};
  }
}

/** What moves while a transport is measured. */
function showProgress(transport) {
  const row = byId(`row-${transport}`);
  const state = run.transports[transport];
  const bar = row.querySelector('progress');
  if (bar) bar.value = state.fraction ?? 0;
  const line = row.querySelector('polyline');
  if (line) line.setAttribute('points', points(state.samples));
  const figures = figuresOf(transport);
  for (const cell of row.querySelectorAll('[data-figure]')) {
    const figure = figures[cell.dataset.figure];
    cell.textContent = figure ?? '–';
    cell.classList.toggle('none', figure === undefined);
  }
}

/** As texts; while it is measured, what is known so far. */
function figuresOf(transport) {
  const {state, figures, samples, mbit: now} = run.transports[transport];
  if (state === 'passed') {
    return {
      connect: millis(figures.connectMillis),
      roundTrip: millis(figures.roundTripMillis),
      loss: percent(figures.lossPercent),
      throughput: mbit(figures.mbit),
    };
  }
  if (state !== 'running') return {};
  return {
    roundTrip: samples.length ? millis(samples[samples.length - 1]) : undefined,
    throughput: now ? mbit(now) : undefined,
  };
}

function sparkline() {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'spark');
  svg.setAttribute('viewBox', `0 0 ${METHOD.packets} 40`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(document.createElementNS(SVG, 'polyline'));
  return svg;
}

function points(samples) {
  const highest = Math.max(20, ...samples);
  return samples.map((sample, i) => `${i},${(38 - 34 * sample / highest).toFixed(1)}`).join(' ');
}

function showRules() {
  const rules = run.verdict?.rules ?? [];
  byId('open').hidden = rules.length === 0;
  byId('open-lead').hidden = rules.length < 2;
  byId('rules').replaceChildren(...rules.map(rule => {
    const text = ruleText(rule);
    const copy = element('button', {type: 'button', 'aria-label': word('copyRuleOf', {rule: text.split('\n')[0]})}, word('copyRule'));
    copy.addEventListener('click', () => copyText(text));
    return element('li', {}, element('p', {}, word(rule)), element('div', {class: 'rule'}, element('pre', {}, text), copy));
  }));
}

function ruleText(rule) {
  const address = relayAddress();
  const port = portOf(rule.startsWith('ruleUdp') ? 'udp' : rule === 'ruleTcp' ? 'tcp' : 'tls');
  return word(`${rule}Text`, {address, port, host: location.hostname, family: address.includes(':') ? 'ip6' : 'ip'});
}

/** The address that this browser itself used, where it is one; else what the relay takes for its own. */
function relayAddress() {
  const host = location.hostname.replace(/^\[|\]$/g, '');
  return /^[\d.]+$/.test(host) || host.includes(':') ? host : run.relay?.relay ?? host;
}

function portOf(transport) {
  return run.relay?.ports[transport];
}

function showMethod() {
  const seconds = value => value / 1000;
  const terms = [
    ['methodWay', {}],
    ['methodConnect', {seconds: seconds(METHOD.connectMillis)}],
    ['methodRoundTrip', {packets: METHOD.packets, bytes: METHOD.packetBytes, millis: METHOD.everyMillis}],
    ['methodLoss', {}],
    ['methodThroughput', {seconds: seconds(METHOD.fillMillis), megabytes: METHOD.fillBytes / 1e6}],
  ];
  byId('method').replaceChildren(...terms.flatMap(([key, values]) =>
    [element('dt', {}, word(key)), element('dd', {}, word(`${key}Text`, values))]));
  const line = (name, cells) => element('tr', {}, element('th', {scope: 'row'}, word(name)), ...cells.map(cell => element('td', {}, cell)));
  const limits = ({roundTripMillis, lossPercent, mbit: least}) => [
    word('atMost', {value: millis(roundTripMillis)}),
    word('atMost', {value: percent(lossPercent)}),
    word('atLeast', {value: mbit(least)}),
  ];
  byId('thresholds').replaceChildren(
    line('thresholdGood', limits(THRESHOLDS.good)),
    line('thresholdFair', limits(THRESHOLDS.fair)),
    line('thresholdPoor', Array(3).fill(word('worse'))));
}

function facts() {
  const known = [];
  if (run.relay) known.push(['factRelay', relayAddress()], ['factYou', run.relay.you]);
  known.push(['factTime', timeText()]);
  return known;
}

function showFacts() {
  byId('facts').replaceChildren(...facts().map(([key, value]) =>
    element('div', {}, element('dt', {}, word(key)), element('dd', {}, value))));
}

/** Local time with its offset: a ticket is often read in another zone. */
function timeText() {
  const at = run.startedAt;
  const two = value => String(value).padStart(2, '0');
  const offset = -at.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60 | 0)}:${two(Math.abs(offset) % 60)}`;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())} ${zone}`;
}

function report() {
  const {sentence, detail, values} = outcome();
  const lines = [
    word('reportTitle'),
    ...facts().map(([key, value]) => `${word(key)}: ${value}`),
    `${word('reportPage')}: ${location.origin}/check`,
    `${word('reportBrowser')}: ${navigator.userAgent}`,
    '',
    `${word('reportResult')}: ${word(sentence, values)} ${detail ? word(detail, values) : ''}`.trimEnd(),
  ];
  for (const transport of TRANSPORTS) {
    const {text, why} = rowWords(transport, run.transports[transport]);
    lines.push(word('reportRow', {transport: word(transport), port: portOf(transport) ?? '–', word: text}));
    if (why) lines.push(`  ${why}`);
    const figures = figuresOf(transport);
    if (figures.connect) lines.push(`  ${word('reportFigures', figures)}`);
  }
  const rules = run.verdict?.rules ?? [];
  lines.push('', `${word('reportChange')}: ${rules.length ? '' : word('none')}`.trimEnd());
  for (const rule of rules) lines.push(`- ${word(rule)}`, ...ruleText(rule).split('\n').map(text => `  ${text}`));
  return lines.join('\n') + '\n';
}

/** The clipboard is for secure pages only; the old way works on the others too. */
async function copyText(text) {
  const where = byId('copied');
  where.textContent = '';
  const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false) || copyBySelection(text);
  where.textContent = word(isCopied ? 'copied' : 'notCopied');
  if (!isCopied) showByHand(text);
}

function copyBySelection(text) {
  const focused = document.activeElement;
  const area = element('textarea', {class: 'unseen', 'aria-hidden': 'true'});
  area.value = text;
  document.body.append(area);
  area.select();
  let isCopied = false;
  try {
    isCopied = document.execCommand('copy');
  } catch {
    // Not allowed: the text is shown instead.
  }
  area.remove();
  focused?.focus();
  return isCopied;
}

function showByHand(text) {
  document.querySelector('.by-hand')?.remove();
  const area = element('textarea', {class: 'by-hand', readonly: '', rows: '12', 'aria-label': word('copyReport')});
  area.value = text;
  document.querySelector('.actions').after(area);
  area.select();
}

function announce(text) {
  byId('announcement').textContent = text;
}

function shape(level) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'shape');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(document.createElementNS(SVG, 'use'));
  setShape(svg, level);
  return svg;
}

function setShape(svg, level) {
  svg.firstElementChild.setAttribute('href', `#shape-${level}`);
  svg.classList.toggle('turning', level === 'running');
}

function columnOf(figure) {
  return `column${figure[0].toUpperCase()}${figure.slice(1)}`;
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// ---------------------------------------------------------------------------------------------------- beginning

byId('again').addEventListener('click', () => run.isOver && start());
byId('copy').addEventListener('click', () => copyText(report()));
byId('language').addEventListener('click', event => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const other = language() === 'zh' ? 'en' : 'zh';
  document.documentElement.lang = other === 'zh' ? 'zh-Hans' : 'en';
  history.replaceState(null, '', `/check?lang=${other}`);
  show();
});

byId('plain').remove();
byId('app').hidden = false;
// A page that a browser makes ready ahead of time has nobody who looks at it yet.
if (document.prerendering) document.addEventListener('prerenderingchange', start, {once: true});
else start();
