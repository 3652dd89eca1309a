// One participant of a two-party call in a Janus VideoRoom, for the firewall laboratory. The laboratory calls
// participant.prepare, join, startMeasuring and report, and waits for the fields of participant.state.
'use strict';

/** Janus over its WebSocket: requests with their answers, and events of each handle. */
class Janus {
  constructor(url) {
    this.url = url;
    this.waiting = new Map();  // transaction -> {resolve, reject}
    this.onEvent = new Map();  // handle -> function(plugin data)
    this.lastTransaction = 0;
  }

  async connect(onClosed) {
    this.socket = new WebSocket(this.url, 'janus-protocol');
    this.socket.onmessage = message => this.receive(JSON.parse(message.data));
    await new Promise((resolve, reject) => {
      this.socket.onopen = resolve;
      this.socket.onclose = closed => reject(new Error(`the WebSocket closed with ${closed.code}`));
    });
    this.socket.onclose = closed => onClosed(`the WebSocket closed with ${closed.code}`);
    this.session = (await this.request({janus: 'create'})).data.id;
    setInterval(() => this.request({janus: 'keepalive'}), 20_000);  // Janus forgets a session after 60 s of silence
  }

  /** Asks for something. An `ack` alone is the whole answer to trickle and keepalive; a message has its event later. */
  request(body) {
    const transaction = String(++this.lastTransaction);
    return new Promise((resolve, reject) => {
      const ackIsEnough = body.janus === 'trickle' || body.janus === 'keepalive';
      this.waiting.set(transaction, {resolve, reject, ackIsEnough});
      this.socket.send(JSON.stringify({...body, transaction, session_id: this.session}));
    });
  }

  async attach(onEvent) {
    const handle = (await this.request({janus: 'attach', plugin: 'janus.plugin.videoroom'})).data.id;
    this.onEvent.set(handle, onEvent);
    return handle;
  }

  async message(handle, body, jsep) {
    const answer = await this.request({janus: 'message', handle_id: handle, body, ...(jsep && {jsep})});
    const data = answer.plugindata.data;
    if (data.error) throw new Error(`Janus refuses ${body.request}: ${data.error}`);
    return {data, jsep: answer.jsep};
  }

  receive(message) {
    const waiting = this.waiting.get(message.transaction);
    if (waiting && (message.janus !== 'ack' || waiting.ackIsEnough)) {
      this.waiting.delete(message.transaction);
      if (message.janus === 'error') waiting.reject(new Error(`Janus: ${message.error.reason}`));
      else waiting.resolve(message);
    } else if (message.janus === 'event') {
      this.onEvent.get(message.sender)?.(message.plugindata.data);
    }
  }
}

/** Counts what a remote video track decodes, frame by frame, whether anything paints it or not. */
class FrameWatch {
  constructor() {
    this.restart();
    this.firstAt = null;
    this.seen = false;  // set with every frame, for who waits for the next one
  }

  restart() {
    this.frames = 0;
    this.since = performance.now();
    this.lastAt = this.since;
    this.longestGap = 0;
  }

  async follow(track) {
    const reader = new MediaStreamTrackProcessor({track}).readable.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      next.value.close();
      this.frameDecoded(performance.now());
    }
  }

  frameDecoded(now) {
    this.firstAt ??= now;
    this.seen = true;
    this.longestGap = Math.max(this.longestGap, now - this.lastAt);
    this.lastAt = now;
    this.frames++;
  }

  measured() {
    const now = performance.now();
    return {
      fps: this.frames * 1000 / (now - this.since),
      longestGapMillis: Math.max(this.longestGap, now - this.lastAt),  // a call that has died has a gap until now
    };
  }
}

const participant = {
  state: {
    signalling: false,  // in the room
    published: false,   // own media connected
    received: false,    // first remote frame decoded
    failure: null,      // the first thing that went wrong
    iceErrors: [],
  },
  frames: new FrameWatch(),
  connections: [],

  /** Opens camera and microphone: before the join, as in a lobby, so that they are no part of its time. */
  async prepare(video) {
    this.local = await navigator.mediaDevices.getUserMedia({audio: true, video});
  },

  /**
   * Gives the browser occasion to sign in at its proxy: Chromium asks for a proxy's credentials on behalf of pages, but
   * not of WebSockets, which use what it already knows. Whether anything answers behind the proxy does not matter.
   */
  async signInAtProxy(url) {
    await fetch(url, {mode: 'no-cors', signal: AbortSignal.timeout(3000)}).catch(() => {});
  },

  /** Joins and goes on by itself; what becomes of it is in `state`. */
  join(plan) {
    this.plan = plan;
    this.joinAt = performance.now();
    this.enter().catch(problem => this.fail(problem.message));
  },

  async enter() {
    const janus = this.janus = new Janus(this.plan.signallingUrl);
    await janus.connect(problem => this.fail(problem));
    const handle = await janus.attach(data => this.subscribeToAll(data.publishers));
    const room = this.plan.room;
    if (this.plan.createsRoom) {
      await janus.message(handle, {request: 'create', room, publishers: 2, bitrate: 512_000, videocodec: 'vp8'});
    }
    const joined = await janus.message(handle, {request: 'join', ptype: 'publisher', room, display: this.plan.name});
    this.state.signalling = true;
    await Promise.all([this.publish(handle), this.subscribeToAll(joined.data.publishers)]);
  },

  async publish(handle) {
    const connection = this.connection(handle);
    connection.addEventListener('connectionstatechange', () => {
      if (connection.connectionState === 'connected') this.state.published = true;
    });
    for (const track of this.local.getTracks()) connection.addTrack(track, this.local);
    await connection.setLocalDescription();
    const offer = connection.localDescription;
    const answer = await this.janus.message(handle, {request: 'publish'}, {type: offer.type, sdp: offer.sdp});
    await connection.setRemoteDescription(answer.jsep);
  },

  async subscribeToAll(publishers) {
    await Promise.all((publishers ?? []).map(publisher => this.subscribe(publisher.id)));
  },

  async subscribe(feed) {
    const handle = await this.janus.attach(() => {});
    const connection = this.connection(handle);
    connection.addEventListener('track', ({track}) => this.receive(track));
    const room = this.plan.room;
    const offer = await this.janus.message(handle, {request: 'join', ptype: 'subscriber', room, streams: [{feed}]});
    await connection.setRemoteDescription(offer.jsep);
    await connection.setLocalDescription();
    const answer = connection.localDescription;
    await this.janus.message(handle, {request: 'start'}, {type: answer.type, sdp: answer.sdp});
  },

  receive(track) {
    if (track.kind === 'video') {
      this.frames.follow(track);
    } else {
      document.getElementById('heard').srcObject = new MediaStream([track]);
    }
  },

  connection(handle) {
    const connection = new RTCPeerConnection({
      iceServers: this.plan.iceServers,
      iceTransportPolicy: this.plan.relayOnly ? 'relay' : 'all',
    });
    connection.addEventListener('icecandidate', ({candidate}) => {
      this.janus.request({janus: 'trickle', handle_id: handle, candidate: candidate ?? {completed: true}});
    });
    connection.addEventListener('icecandidateerror', ({url, errorCode, errorText}) => {
      this.state.iceErrors.push(`${errorCode} ${errorText} (${url})`);
    });
    connection.addEventListener('connectionstatechange', () => {
      if (connection.connectionState === 'failed') this.fail('ICE found no way for the media');
    });
    this.connections.push(connection);
    return connection;
  },

  fail(problem) {
    this.state.failure ??= problem;
  },

  async startMeasuring() {
    this.before = await this.counters();
    this.frames.restart();
  },

  measuredMillis() {
    return performance.now() - this.frames.since;
  },

  /** What this participant got since startMeasuring. */
  async report() {
    const video = this.frames.measured();
    const seconds = this.measuredMillis() / 1000;
    const after = await this.counters();
    const perSecond = name => (after[name] - this.before[name]) / seconds;
    return {
      joinToFirstFrameMillis: this.frames.firstAt - this.joinAt,
      fps: video.fps,
      longestGapMillis: video.longestGapMillis,
      audioEnergyPerSecond: perSecond('audioEnergy'),
      audioPacketsPerSecond: perSecond('audioPackets'),
      cameraFps: perSecond('cameraFrames'),
      pairs: await Promise.all(this.connections.map(selectedPair)),
    };
  },

  async counters() {
    const sums = {audioEnergy: 0, audioPackets: 0, cameraFrames: 0};
    for (const connection of this.connections) {
      for (const stat of (await connection.getStats()).values()) {
        if (stat.type === 'inbound-rtp' && stat.kind === 'audio') {
          sums.audioEnergy += stat.totalAudioEnergy ?? 0;
          sums.audioPackets += stat.packetsReceived;
        } else if (stat.type === 'media-source' && stat.kind === 'video') {
          sums.cameraFrames += stat.frames ?? 0;
        }
      }
    }
    return sums;
  },
};

/** The local end of the pair that a connection has chosen. */
async function selectedPair(connection) {
  const stats = await connection.getStats();
  const transport = [...stats.values()].find(stat => stat.type === 'transport');
  const pair = stats.get(transport?.selectedCandidatePairId);
  const local = stats.get(pair?.localCandidateId);
  return {type: local?.candidateType ?? 'none', url: local?.url ?? ''};
}
