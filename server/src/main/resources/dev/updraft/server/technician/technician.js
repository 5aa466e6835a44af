import {ConsoleFraming, Device, RawFraming, Refused, Silent} from './smp.js';
import {bluetooth, serial} from './pipes.js';

const $ = id => document.getElementById(id);
const FINAL = ['digest', 'board', 'counter', 'malformed', 'signature', 'dependency', 'too-large'];
let device = null, self = null, offer = null;

const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
const bytesOf = text => Uint8Array.from(text.match(/../g), pair => parseInt(pair, 16));
const pause = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000));

function say(text, bad = false) {
  $('state').textContent = text;
  $('state').classList.toggle('bad', bad);
}

// ---- the server, as the person whose token it is

function ask(path, options = {}) {
  const headers = {...options.headers, Authorization: `Bearer ${$('token').value.trim()}`, Accept: 'application/json'};
  return fetch(path, {...options, headers, cache: 'no-store'});
}

async function answered(response) {
  if (response.ok) return response;
  throw new Error(response.status === 401 ? 'The server does not know this token.' : await response.text() || `The server answers ${response.status}.`);
}

const at = id => `/device/v1/${encodeURIComponent(id)}`;

async function checkIn() {
  const response = await answered(await ask(`${at(self.id)}/check-in`,
      {method: 'POST', headers: {'Content-Type': 'application/cbor'}, body: self.checkIn}));
  return response.status === 204 ? null : response.json();
}

// What happened is told later where there is no network now.
function queue() { return JSON.parse(localStorage.getItem('reports') ?? '[]'); }

async function report(id, body) {
  localStorage.setItem('reports', JSON.stringify([...queue(), {id, body}]));
  await deliver();
}

async function deliver() {
  let left = queue();
  while (left.length > 0) {
    let response;
    const {id, body} = left[0];
    const cbor = typeof body === 'string';
    try {
      response = await ask(`${at(id)}/reports`, {method: 'POST',
        headers: {'Content-Type': cbor ? 'application/cbor' : 'application/json'}, body: cbor ? bytesOf(body) : JSON.stringify(body)});
    } catch { break; }
    if (!response.ok && ![400, 409, 410, 413, 422].includes(response.status)) break;
    left = left.slice(1);
    localStorage.setItem('reports', JSON.stringify(left));
  }
  $('queue').textContent = left.length > 0 ? `${left.length} reports wait for the server.` : '';
}

// ---- the device

async function deliverOutcome() {
  const said = await device.outcome();
  if (!said.report) return;
  await report(self.id, hex(said.report)); // kept here until the server has it
  await device.acknowledge(said.seq).catch(error => { if (!(error instanceof Refused)) throw error; });
}

async function look() {
  self = await device.self();
  const running = (await device.images()).find(image => image.active);
  $('id').textContent = self.id;
  $('runs').textContent = running ? running.version + (running.confirmed ? '' : ', on trial') : 'nothing';
  $('device').hidden = false;
  await deliverOutcome();
  return running;
}

async function see() {
  await look();
  offer = await checkIn();
  $('offered').textContent = offer ? offer.version : 'nothing new';
  $('update').disabled = !offer;
  say(offer ? 'An update is ready for this device.' : 'This device is up to date.');
}

async function connect(open, framing) {
  try {
    $('update').disabled = true;
    say('Connecting …');
    device = new Device(await open(), framing);
    await device.greet();
    await see();
  } catch (error) {
    say(error.message, true);
  }
}

function progress(has, of) {
  $('bar').value = has / of;
  say(`Sending: ${Math.floor(has * 100 / of)} %`);
}

async function update() {
  const now = (event, more = {}) => report(self.id, {seq: 0, event, digest: offer.digest, ...more});
  $('update').disabled = true;
  $('bar').hidden = false;
  try {
    say('Fetching the image …');
    const file = new Uint8Array(await (await answered(await ask(`${offer.url}?device=${encodeURIComponent(self.id)}`))).arrayBuffer());
    if (hex(new Uint8Array(await crypto.subtle.digest('SHA-256', file))) !== offer.sha256) throw new Error('What came is not the offered image; try again.');
    await now('downloading');
    await device.upload(file, bytesOf(offer.sha256), has => progress(has, file.length));
    await now('downloaded');
    const still = await checkIn(); // it may have been withdrawn meanwhile
    if (!still || still.sha256 !== offer.sha256) throw new Error('The update was withdrawn.');
    await device.test(bytesOf(offer.digest));
    await now('installing');
    await device.reset();
    await installed();
  } catch (error) {
    if (error instanceof Refused) await now(FINAL.includes(error.reason) ? 'refused' : 'failed', {reason: error.reason ?? 'device', detail: error.message});
    say(error.message, true);
    $('update').disabled = false;
  }
  $('bar').hidden = true;
}

// The device installs, resets, tries; it says itself how that ended.
async function installed() {
  say('Installing. Do not unplug the cable; losing power does no harm.');
  for (let waited = 0; waited < 600; waited++) {
    try {
      await device.greet();
      const running = await look();
      if (running?.confirmed) {
        const done = hex(running.hash) === offer.digest;
        say(done ? `Done: the device runs ${offer.version}, confirmed.` : 'The device went back to what it ran before; the server knows why.', !done);
        $('update').disabled = true;
        return;
      }
    } catch (error) {
      if (!(error instanceof Silent)) throw error;
    }
    await pause(0.5);
  }
  throw new Error('The device does not come back. Connect again; nothing is lost.');
}

// ---- the page

$('cable').disabled = !('serial' in navigator);
$('radio').disabled = !('bluetooth' in navigator);
$('none').hidden = 'serial' in navigator || 'bluetooth' in navigator;
$('token').value = sessionStorage.getItem('token') ?? '';
$('token').addEventListener('change', () => sessionStorage.setItem('token', $('token').value));
$('cable').addEventListener('click', () => connect(() => serial(Number($('baud').value)), new ConsoleFraming()));
$('radio').addEventListener('click', () => connect(bluetooth, new RawFraming()));
$('update').addEventListener('click', update);
addEventListener('online', deliver);
if ($('token').value) deliver();
navigator.serviceWorker?.register('/technician/worker.js').catch(() => {}); // only off line something is missed
