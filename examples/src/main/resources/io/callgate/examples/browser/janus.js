// Janus over a WebSocket, as far as a video room needs it.
'use strict';

const NO_SUCH_ROOM = 426;
const KEEP_ALIVE_MILLIS = 20_000;  // Janus forgets a session after a minute of silence

/** Requests with their answers, and what is told of each handle. */
class Janus {
  constructor(url, onClosed) {
    this.onClosed = onClosed;
    this.waiting = new Map();  // transaction -> {resolve, reject, ackIsEnough}
    this.handles = new Map();  // id -> function(plugin data)
    this.transactions = 0;
    this.socket = new WebSocket(url, 'janus-protocol');
    this.socket.onmessage = message => this.#receive(JSON.parse(message.data));
  }

  async open() {
    await new Promise((resolve, reject) => {
      this.socket.onopen = resolve;
      this.socket.onclose = () => reject(new Error('signalling cannot be reached'));
    });
    this.socket.onclose = () => {
      this.close();
      this.onClosed();
    };
    this.session = (await this.#request({janus: 'create'})).data.id;
    this.keepAlive = setInterval(() => this.#request({janus: 'keepalive'}), KEEP_ALIVE_MILLIS);
  }

  async attach(onTold) {
    const id = (await this.#request({janus: 'attach', plugin: 'janus.plugin.videoroom'})).data.id;
    this.handles.set(id, onTold);
    return id;
  }

  /** @throws an Error with Janus's `code` if the room refuses */
  async message(handle, body, description) {
    const jsep = description && {type: description.type, sdp: description.sdp};
    const answer = await this.#request({janus: 'message', handle_id: handle, body, ...(jsep && {jsep})});
    const data = answer.plugindata.data;
    if (data.error) throw Object.assign(new Error(data.error), {code: data.error_code});
    return {data, jsep: answer.jsep};
  }

  trickle(handle, candidate) {
    this.#request({janus: 'trickle', handle_id: handle, candidate: candidate ?? {completed: true}});
  }

  detach(handle) {
    this.handles.delete(handle);
    this.#request({janus: 'detach', handle_id: handle});
  }

  /** Says goodbye, if anybody still listens. */
  close() {
    clearInterval(this.keepAlive);
    this.socket.onclose = null;
    if (this.socket.readyState === WebSocket.OPEN) this.#request({janus: 'destroy'});
    this.socket.close();
    for (const {reject} of this.waiting.values()) reject(new Error('signalling has ended'));
    this.waiting.clear();
  }

  #request(body) {
    const transaction = String(++this.transactions);
    const answer = new Promise((resolve, reject) => {
      const ackIsEnough = body.janus === 'trickle' || body.janus === 'keepalive';
      this.waiting.set(transaction, {resolve, reject, ackIsEnough});
    });
    answer.catch(() => {});  // whoever awaits it hears of it; others need not
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({...body, transaction, session_id: this.session}));
    }
    return answer;
  }

  #receive(message) {
    const waiting = this.waiting.get(message.transaction);
    if (waiting && (message.janus !== 'ack' || waiting.ackIsEnough)) {
      this.waiting.delete(message.transaction);
      if (message.janus === 'error') waiting.reject(new Error(message.error.reason));
      else waiting.resolve(message);
    } else if (message.janus === 'event') {
      this.handles.get(message.sender)?.(message.plugindata.data);
    }
  }
}

/** One visit to a room: sends one stream, receives everybody's. A lost one is not mended: make another. */
class Room {
  /** @param on `{appeared(feed, name, stream), gone(feed), connected(), lost(why)}` */
  constructor(way, name, on) {
    this.way = way;
    this.name = name;
    this.on = on;
    this.feeds = new Map();  // id -> {handle, connection}
    this.janus = new Janus(way.signalling, () => this.#lost('signalling has ended'));
  }

  async enter(sent) {
    await this.janus.open();
    this.handle = await this.janus.attach(data => this.#told(data));
    const join = {request: 'join', ptype: 'publisher', room: this.way.room, display: this.name};
    const joined = await this.janus.message(this.handle, join).catch(async refused => {
      if (refused.code !== NO_SUCH_ROOM) throw refused;
      const create = {request: 'create', room: this.way.room, publishers: 100, videocodec: 'vp8', audiocodec: 'opus'};
      await this.janus.message(this.handle, create).catch(() => {});  // somebody else was faster
      return this.janus.message(this.handle, join);
    });
    this.#told(joined.data);
    await this.#publish(sent);
  }

  async #publish(sent) {
    const connection = this.connection = this.#connection(this.handle);
    for (const track of sent.getTracks()) connection.addTrack(track, sent);
    await connection.setLocalDescription();
    const answer = await this.janus.message(this.handle, {request: 'publish'}, connection.localDescription);
    await connection.setRemoteDescription(answer.jsep);
  }

  #told(data) {
    for (const {id, display} of data.publishers ?? []) {
      this.#subscribe(id, (display ?? String(id)).split('\u001f')[0]).catch(() => this.#drop(id));
    }
    const gone = data.unpublished ?? data.leaving;
    if (typeof gone === 'number') this.#drop(gone);
    if (data.reason === 'kicked') this.#lost('put out of the room');
  }

  async #subscribe(feed, name) {
    const handle = await this.janus.attach(() => {});
    const connection = this.#connection(handle);
    this.feeds.set(feed, {handle, connection});
    const stream = new MediaStream();
    connection.addEventListener('track', ({track}) => stream.addTrack(track));
    const room = this.way.room;
    const offer = await this.janus.message(handle, {request: 'join', ptype: 'subscriber', room, streams: [{feed}]});
    await connection.setRemoteDescription(offer.jsep);
    this.on.appeared(feed, name, stream);
    await connection.setLocalDescription();
    await this.janus.message(handle, {request: 'start'}, connection.localDescription);
  }

  #drop(feed) {
    const gone = this.feeds.get(feed);
    if (!gone) return;
    this.feeds.delete(feed);
    gone.connection.close();
    this.janus.detach(gone.handle);
    this.on.gone(feed);
  }

  /** Nothing but the relay: no firewall sees another address. */
  #connection(handle) {
    const connection = new RTCPeerConnection({iceServers: this.way.iceServers, iceTransportPolicy: 'relay'});
    connection.addEventListener('icecandidate', ({candidate}) => this.janus.trickle(handle, candidate));
    connection.addEventListener('connectionstatechange', () => {
      if (connection.connectionState === 'connected' && handle === this.handle) this.on.connected();
      if (connection.connectionState === 'failed') this.#lost('no way for the media');
    });
    return connection;
  }

  #lost(why) {
    if (this.isOver) return;
    this.leave();
    this.on.lost(why);
  }

  leave() {
    this.isOver = true;
    this.connection?.close();
    for (const feed of [...this.feeds.keys()]) this.#drop(feed);
    this.janus.close();
  }
}
