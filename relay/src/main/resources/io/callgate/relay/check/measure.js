// Measures one transport: two RTCPeerConnections of this page talk to each other by the relay, and by nothing else.

export const METHOD = Object.freeze({
  connectMillis: 8000,  // then it counts as not getting through
  packets: 150,         // as much as 3 s of speech
  packetBytes: 160,
  everyMillis: 20,
  stragglerMillis: 600,
  fillBytes: 2_000_000,
  fillMillis: 2500,
  chunkBytes: 16_384,
});

const QUEUE_BYTES = 262_144;
const RUNNING = {ordered: false, negotiated: true};

/** Why a transport did not pass. `code` is that of TURN where the relay itself refused, else 0. */
export class NotPassed extends Error {
  constructor(stage, code, text) {
    super(text || stage);
    this.stage = stage;
    this.code = code;
  }
}

/**
 * @param server one of RTCIceServer, with one URL
 * @param onProgress called often, with {stage, fraction, samples?, mbit?}
 * @returns {connectMillis, roundTripMillis, lossPercent, mbit}
 */
export async function measure(server, onProgress) {
  const pair = new Pair(server);
  try {
    const connectMillis = await pair.connect(elapsed =>
      onProgress({stage: 'connecting', fraction: 0.25 * Math.min(1, elapsed / METHOD.connectMillis)}));
    const {roundTripMillis, lossPercent} = await pair.exchangePackets((sent, samples) =>
      onProgress({stage: 'packets', fraction: 0.25 + 0.45 * sent / METHOD.packets, samples}));
    const mbit = await pair.fill((fraction, now) =>
      onProgress({stage: 'filling', fraction: 0.7 + 0.3 * fraction, mbit: now}));
    return {connectMillis, roundTripMillis, lossPercent, mbit};
  } finally {
    pair.close();
  }
}

class Pair {
  constructor(server) {
    const configuration = {iceServers: [server], iceTransportPolicy: 'relay'};
    this.a = new RTCPeerConnection(configuration);
    this.b = new RTCPeerConnection(configuration);
    this.relayCode = 0;
    this.relayText = '';
    const open = (label, options) => [this.a, this.b].map(side => side.createDataChannel(label, options));
    [this.packetsOut, this.packetsIn] = open('packets', {...RUNNING, id: 1, maxRetransmits: 0});
    [this.bulkOut, this.bulkIn] = open('bulk', {...RUNNING, id: 2});
    this.bulkIn.binaryType = this.packetsIn.binaryType = 'arraybuffer';
  }

  /** @returns milliseconds until both directions are open */
  async connect(onElapsed) {
    const startedAt = performance.now();
    let ticking;
    try {
      await new Promise((resolve, reject) => {
        ticking = setInterval(() => {
          const elapsed = performance.now() - startedAt;
          onElapsed(elapsed);
          if (elapsed > METHOD.connectMillis) reject(this.#notPassed());
        }, 100);
        let toOpen = 4;
        for (const channel of [this.packetsOut, this.packetsIn, this.bulkOut, this.bulkIn]) {
          channel.onopen = () => --toOpen === 0 && resolve();
        }
        for (const [side, other] of [[this.a, this.b], [this.b, this.a]]) this.#introduce(side, other, reject);
        this.#negotiate().catch(reject);
      });
    } finally {
      clearInterval(ticking);
    }
    return performance.now() - startedAt;
  }

  #introduce(side, other, reject) {
    let candidates = 0;
    side.onicecandidate = ({candidate}) => {
      if (candidate?.candidate) {
        candidates++;
        this.hasRelayed = true;
        other.addIceCandidate(candidate).catch(reject);
      }
    };
    side.onicecandidateerror = event => {
      if (event.errorCode >= 300 && event.errorCode < 700) {
        this.relayCode = event.errorCode;
        this.relayText = event.errorText;
      }
    };
    side.onicegatheringstatechange = () => {
      // A turn later: the last candidate and the last error may be on their way.
      if (side.iceGatheringState === 'complete') setTimeout(() => candidates || reject(this.#notPassed()), 50);
    };
    side.onconnectionstatechange = () => side.connectionState === 'failed' && reject(this.#notPassed());
  }

  #notPassed() {
    return new NotPassed(this.hasRelayed ? 'peers' : 'relay', this.hasRelayed ? 0 : this.relayCode, this.relayText);
  }

  async #negotiate() {
    const offer = await this.a.createOffer();
    await this.b.setRemoteDescription(offer);
    await this.a.setLocalDescription(offer);
    const answer = await this.b.createAnswer();
    await this.a.setRemoteDescription(answer);
    await this.b.setLocalDescription(answer);
  }

  /** Small packets at the pace of speech, never sent again. One clock times both ends: a way is a round trip. */
  exchangePackets(onProgress) {
    return new Promise(resolve => {
      const sentAt = [];
      const samples = [];
      const startedAt = performance.now();
      let lastSentAt = startedAt;
      const finish = () => {
        clearInterval(pacing);
        resolve({
          roundTripMillis: median(samples),
          lossPercent: 100 * (1 - samples.length / sentAt.length),
        });
      };
      this.packetsIn.onmessage = ({data}) => {
        samples.push(performance.now() - sentAt[new DataView(data).getUint32(0)]);
        onProgress(sentAt.length, samples);
        if (samples.length === METHOD.packets) finish();
      };
      const pacing = setInterval(() => {
        const now = performance.now();
        while (sentAt.length < METHOD.packets && now - startedAt >= sentAt.length * METHOD.everyMillis) {
          const packet = new DataView(new ArrayBuffer(METHOD.packetBytes));
          packet.setUint32(0, sentAt.length);
          sentAt.push(performance.now());
          this.packetsOut.send(packet.buffer);
          lastSentAt = now;
        }
        onProgress(sentAt.length, samples);
        if (sentAt.length === METHOD.packets && now - lastSentAt > METHOD.stragglerMillis) finish();
      }, METHOD.everyMillis);
    });
  }

  /** As much as goes, for a moment. The first quarter is warming up and does not count. */
  fill(onProgress) {
    return new Promise(resolve => {
      const chunk = new Uint8Array(METHOD.chunkBytes);
      const chunks = Math.ceil(METHOD.fillBytes / METHOD.chunkBytes);
      const arrivals = [];
      let queued = 0;
      let watching;
      const startedAt = performance.now();
      const finish = () => {
        clearInterval(watching);
        this.bulkOut.onbufferedamountlow = this.bulkIn.onmessage = null;
        resolve(rate(arrivals, startedAt));
      };
      const pump = () => {
        while (queued < chunks && this.bulkOut.bufferedAmount < QUEUE_BYTES) {
          this.bulkOut.send(chunk);
          queued++;
        }
      };
      this.bulkOut.bufferedAmountLowThreshold = QUEUE_BYTES / 4;
      this.bulkOut.onbufferedamountlow = pump;
      this.bulkIn.onmessage = () => {
        arrivals.push(performance.now());
        if (arrivals.length === chunks) finish();
      };
      watching = setInterval(() => {
        const elapsed = performance.now() - startedAt;
        onProgress(Math.max(arrivals.length / chunks, elapsed / METHOD.fillMillis), rate(arrivals, startedAt));
        if (elapsed >= METHOD.fillMillis) finish();
      }, 50);
      pump();
    });
  }

  close() {
    this.a.close();
    this.b.close();
  }
}

function median(samples) {
  const sorted = [...samples].sort((x, y) => x - y);
  return sorted.length ? sorted[sorted.length >> 1] : NaN;
}

/** Mbit/s of what arrived after the first quarter. */
function rate(arrivals, startedAt) {
  const from = arrivals.length >> 2;
  const since = from ? arrivals[from - 1] : startedAt;
  const millis = arrivals.length ? arrivals[arrivals.length - 1] - since : 0;
  return millis > 0 ? (arrivals.length - from) * METHOD.chunkBytes * 8 / millis / 1000 : 0;
}
