// The page: a lobby with one's own picture, then the room. When the way is lost it asks for the way of the moment and
// enters again, until somebody leaves.
'use strict';

const AGAIN_MILLIS = 1000;
const element = id => document.getElementById(id);
const ways = {CLOUD_UDP: 'UDP', CLOUD_TCP: 'TCP', CLOUD_TLS: 'TLS', CLOUD_HTTP: 'HTTP'};

const page = {
  sent: null,  // camera and microphone
  room: null,  // while in one, or on the way there

  async begin() {
    element('name').value = localStorage.getItem('name') ?? '';
    element('lobby').addEventListener('submit', event => {
      event.preventDefault();
      this.join(element('name').value.trim());
    });
    element('leave').addEventListener('click', () => this.leave());
    this.toggle('microphone', () => this.sent.getAudioTracks());
    this.toggle('camera', () => this.sent.getVideoTracks());
    try {
      this.sent = await navigator.mediaDevices.getUserMedia({audio: true, video: {width: 640, height: 360}});
    } catch (refused) {
      this.say('bad', `No camera and microphone: ${refused.message}`);
      return;
    }
    element('own').srcObject = this.sent;
    await this.findWay();
    element('join').disabled = false;
  },

  toggle(id, tracks) {
    element(id).addEventListener('click', ({currentTarget: button}) => {
      const isOn = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', isOn);
      for (const track of tracks()) track.enabled = isOn;
      if (id === 'camera') element('self').classList.toggle('dark', !isOn);
    });
  },

  /** Asks until there is a way; the page's server looks for one by itself. */
  async findWay() {
    for (;;) {
      const way = await fetch('way').then(answer => answer.json())
        .catch(() => ({iceServers: [], failure: 'The page’s server has gone'}));
      if (way.room) element('number').textContent = way.room;
      if (way.iceServers.length > 0) {
        if (!this.room) this.say('good', `A way is open: ${ways[way.path] ?? way.path}`);
        return way;
      }
      this.say(way.failure ? 'bad' : 'waiting', way.failure || 'Looking for a way …');
      await new Promise(resolve => setTimeout(resolve, AGAIN_MILLIS));
    }
  },

  join(name) {
    if (!name) return;
    localStorage.setItem('name', name);
    this.name = name;
    element('own-name').textContent = `${name} (you)`;
    element('lobby').hidden = true;
    element('controls').hidden = false;
    this.isWanted = true;
    this.enter();
  },

  async enter() {
    this.say('waiting', 'Joining …');
    const way = await this.findWay();
    if (!this.isWanted) return;
    const room = this.room = new Room(way, this.name, {
      appeared: (feed, name, stream) => this.show(feed, name, stream),
      gone: feed => this.hide(feed),
      connected: () => this.say('good', `In the room by ${ways[way.path] ?? way.path}, through ${way.relay}`),
      lost: why => this.again(why),
    });
    try {
      await room.enter(this.sent);
      this.count();
    } catch (problem) {
      if (!room.isOver) {
        room.leave();
        this.again(problem.message);
      }
    }
  },

  again(why) {
    this.room = null;
    if (!this.isWanted) return;
    this.say('waiting', `Connecting again: ${why}`);
    setTimeout(() => { if (this.isWanted && !this.room) this.enter(); }, AGAIN_MILLIS);
  },

  leave() {
    this.isWanted = false;
    this.room?.leave();
    this.room = null;
    element('lobby').hidden = false;
    element('controls').hidden = true;
    element('own-name').textContent = 'You';
    element('alone').hidden = true;
    this.say('waiting', 'You have left the room.');
  },

  show(feed, name, stream) {
    const tile = Object.assign(document.createElement('li'), {className: 'tile', id: `feed-${feed}`});
    const video = Object.assign(document.createElement('video'), {autoplay: true, playsInline: true, srcObject: stream});
    const label = Object.assign(document.createElement('p'), {className: 'name', textContent: name});
    tile.append(video, label);
    element('people').insertBefore(tile, element('self'));
    this.count();
  },

  hide(feed) {
    element(`feed-${feed}`)?.remove();
    this.count();
  },

  count() {
    element('alone').hidden = !this.room || element('people').children.length > 1;
  },

  say(level, text) {
    const state = element('state');
    state.dataset.level = level;
    if (state.textContent !== text) state.textContent = text;
  },
};

page.begin();
