// What the results mean. Pure: no page, no network; the tests go through every combination.

export const TRANSPORTS = Object.freeze(['udp', 'tcp', 'tls']);

/** Worst figures that still earn the word; a figure beyond `fair` is poor. */
export const THRESHOLDS = Object.freeze({
  good: {roundTripMillis: 150, lossPercent: 1, mbit: 2},
  fair: {roundTripMillis: 400, lossPercent: 5, mbit: 0.3},
});

/** @returns 'good', 'fair' or 'poor' */
export function quality(figures) {
  const within = ({roundTripMillis, lossPercent, mbit}) => figures.roundTripMillis <= roundTripMillis
    && figures.lossPercent <= lossPercent && figures.mbit >= mbit;
  return within(THRESHOLDS.good) ? 'good' : within(THRESHOLDS.fair) ? 'fair' : 'poor';
}

/**
 * @param isSecure whether the page itself came by https
 * @param results by transport: {state: 'passed', quality} | {state: 'failed'} | {state: 'refused'} | {state: 'absent'};
 *     refused: the relay answered and said no; absent: this relay does not offer it
 * @param seen what the relay saw of this client: {udpPackets, tls: 'none' | 'untrusted' | 'done'}
 * @returns {level, sentence, detail, rows: {udp: {level, word, why}, …}, rules: [key, …]}; every text is a key of words.js
 */
export function judge(isSecure, results, seen) {
  const rows = {};
  for (const transport of TRANSPORTS) rows[transport] = row(transport, isSecure, results, seen);
  return {...whole(results, rows), rows, rules: rules(results, rows)};
}

function row(transport, isSecure, results, seen) {
  const result = results[transport];
  switch (result.state) {
    case 'passed': return {level: result.quality, word: result.quality, why: `${result.quality}Why`};
    case 'absent': return {level: 'absent', word: 'absent', why: `${transport}Absent`};
    case 'refused': return {level: 'unknown', word: 'refused', why: 'refusedWhy'};
    default: return {level: 'bad', ...failure[transport](isSecure, results, seen)};
  }
}

const failure = {
  udp(isSecure, results, seen) {
    if (seen.udpPackets > 0) return {word: 'noReturn', why: 'udpNoReturn'};
    return {word: 'blocked', why: passesOnlyTls(isSecure, results) ? 'udpOnlyTls' : 'udpBlocked'};
  },
  tcp(isSecure, results) {
    // This very page came by TCP from the same address and port.
    return {word: 'blocked', why: passesOnlyTls(isSecure, results) ? 'tcpOnlyTls' : 'tcpOnlyWeb'};
  },
  tls(isSecure, results, seen) {
    if (seen.tls === 'untrusted') return {word: 'untrusted', why: 'tlsUntrusted'};
    if (isSecure || seen.tls === 'done') return {word: 'blocked', why: 'tlsOpened'};
    return {word: 'blocked', why: 'tlsBlocked'};
  },
};

/** Plain TCP does not pass where TLS does: somebody between looks into the packets. */
function passesOnlyTls(isSecure, results) {
  return results.tcp.state === 'failed' && (isSecure || results.tls.state === 'passed');
}

function whole(results, rows) {
  const passed = TRANSPORTS.filter(transport => results[transport].state === 'passed');
  const offered = TRANSPORTS.filter(transport => results[transport].state !== 'absent');
  if (passed.length === 0) return nothing(offered, results, rows);
  const best = results[passed[0]].quality;  // the first is what a call would take
  const detail = best === 'good' ? '' : `${best}Call`;
  if (passed[0] !== 'udp') {
    const sentence = results.udp.state === 'absent' ? `${passed[0]}WithoutUdp` : `${passed[0]}Only`;
    return {level: best === 'poor' ? 'poor' : 'fair', sentence, detail};
  }
  if (passed.length === 1 && offered.length > 1) return {level: best === 'poor' ? 'poor' : 'fair', sentence: 'udpOnly', detail};
  return {level: best, sentence: passed.length === offered.length ? 'everything' : 'enough', detail};
}

function nothing(offered, results, rows) {
  if (offered.some(transport => results[transport].state === 'refused')) {
    return {level: 'unknown', sentence: 'relayRefused', detail: ''};
  }
  if (rows.tls.word === 'untrusted') return {level: 'bad', sentence: 'onlyCertificate', detail: ''};
  return {level: 'bad', sentence: 'nothing', detail: rows.udp.word === 'noReturn' ? 'nothingButOneWay' : ''};
}

/** As little as possible: UDP always, for calls are best there; one of TCP and TLS is enough beside it. */
function rules(results, rows) {
  const rules = [];
  const has = transport => results[transport].state === 'passed';
  if (rows.udp.word === 'noReturn') rules.push('ruleUdpReturn');
  if (rows.udp.word === 'blocked') rules.push('ruleUdp');
  if (rows.tls.word === 'untrusted') rules.push('ruleCertificate');
  if (rows.tls.word === 'blocked' && !has('tcp')) rules.push(rows.tls.why === 'tlsOpened' ? 'ruleTlsOpened' : 'ruleTls');
  if (rows.tcp.word === 'blocked' && !has('tls') && results.tls.state !== 'failed') rules.push('ruleTcp');
  return rules;
}
