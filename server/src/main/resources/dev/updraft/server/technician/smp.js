// SMP, as docs/reference/smp.md has it: CBOR, framing, requests and uploads, over any pipe {write(bytes), onBytes, close()}.
const READ = 0, WRITE = 2, VERSION_2 = 8, HEADER = 8;
const OS = 0, IMAGE = 1, UPDRAFT = 0x5544;
const LINE = 124, PIECE_UNIT = 32;

export class Refused extends Error {
  constructor(code, reason) {
    super(reason ? `the device refuses: ${reason} (code ${code})` : `the device refuses with code ${code}`);
    this.code = code;
    this.reason = reason;
  }
}
export class Silent extends Error {}

// ---- CBOR (RFC 8949): what SMP has of it

export function encode(map) {
  const out = [];
  const head = (major, value) => {
    if (value < 24) out.push(major << 5 | value);
    else if (value < 0x100) out.push(major << 5 | 24, value);
    else if (value < 0x10000) out.push(major << 5 | 25, value >> 8, value & 255);
    else out.push(major << 5 | 26, value >>> 24, value >> 16 & 255, value >> 8 & 255, value & 255);
  };
  const text = string => {
    const bytes = new TextEncoder().encode(string);
    head(3, bytes.length);
    out.push(...bytes);
  };
  head(5, Object.keys(map).length);
  for (const [key, value] of Object.entries(map)) {
    text(key);
    if (value instanceof Uint8Array) { head(2, value.length); for (const byte of value) out.push(byte); }
    else if (typeof value === 'boolean') out.push(value ? 0xf5 : 0xf4);
    else if (typeof value === 'number') head(0, value);
    else text(value);
  }
  return Uint8Array.from(out);
}

export function decode(bytes) {
  let at = 0, items = 0;
  const need = count => {
    if (count > bytes.length - at) throw new Error('the device answers what is no CBOR');
    at += count;
    return at - count;
  };
  const number = info => {
    if (info < 24) return info;
    if (info > 27) throw new Error('the device answers what is no CBOR');
    let value = 0;
    for (let left = 1 << info - 24; left > 0; left--) value = value * 256 + bytes[need(1)];
    return value;
  };
  const item = depth => {
    if (depth > 8 || ++items > 2000) throw new Error('the device answers without end');
    const first = bytes[need(1)], major = first >> 5, info = first & 31, endless = info === 31;
    const more = (count, i) => endless ? bytes[at] !== 0xff || (at++, false) : i < count;
    if (major === 7) return info === 21 ? true : info === 20 ? false : info < 24 ? null : (number(info), null);
    const count = endless ? 0 : number(info);
    if (major === 0) return count;
    if (major === 1) return -1 - count;
    if (major === 6) return item(depth + 1);
    if (major === 2 || major === 3) {
      if (endless) throw new Error('the device answers what is not understood');
      const from = need(count), part = bytes.slice(from, from + count);
      return major === 2 ? part : new TextDecoder().decode(part);
    }
    const list = major === 4 ? [] : {};
    for (let i = 0; more(count, i); i++) {
      if (at >= bytes.length) throw new Error('the device answers what is no CBOR');
      const key = item(depth + 1);
      if (major === 4) list.push(key); else list[key] = item(depth + 1);
    }
    return list;
  };
  return item(0);
}

// ---- framing

function crc16(bytes) {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

// Lines of base64 between those that a console prints.
export class ConsoleFraming {
  #text = '';
  #inside = false;
  #previous = 0;
  wrap(packet) {
    const crc = crc16(packet), length = packet.length + 2;
    const raw = Uint8Array.from([length >> 8, length & 255, ...packet, crc >> 8, crc & 255]);
    const base64 = btoa(Array.from(raw, byte => String.fromCharCode(byte)).join(''));
    let lines = '';
    for (let at = 0; at < base64.length; at += LINE) lines += (at ? '\x04\x14' : '\x06\x09') + base64.slice(at, at + LINE) + '\n';
    return Uint8Array.from(lines, character => character.charCodeAt(0));
  }
  take(bytes, give) {
    for (const byte of bytes) {
      if (this.#previous === 6 && byte === 9) { this.#text = ''; this.#inside = true; }
      else if (this.#previous === 4 && byte === 20) this.#inside = this.#text !== '';
      else if (this.#inside && byte === 10) { this.#inside = false; this.#end(give); }
      else if (this.#inside && byte > 32 && this.#text.length < 100000) this.#text += String.fromCharCode(byte);
      this.#previous = byte;
    }
  }
  #end(give) {
    let raw;
    try { raw = Uint8Array.from(atob(this.#text), character => character.charCodeAt(0)); } catch { this.#text = ''; return; }
    if (raw.length < 4 || (raw[0] << 8 | raw[1]) !== raw.length - 2) return; // more lines follow
    this.#text = '';
    if (crc16(raw.slice(2)) === 0) give(raw.slice(2, -2)); // over data and its own CRC it is 0
  }
}

// Packets back to back: Bluetooth.
export class RawFraming {
  #begun = [];
  wrap(packet) { return packet; }
  take(bytes, give) {
    for (const byte of bytes) {
      if (this.#begun.length === 0 && byte & 0xe4) continue;
      this.#begun.push(byte);
      if (this.#begun.length >= HEADER && this.#begun.length === HEADER + (this.#begun[2] << 8 | this.#begun[3])) {
        const packet = Uint8Array.from(this.#begun);
        this.#begun = [];
        give(packet);
      }
    }
  }
}

// ---- the device

export class Device {
  #pipe; #framing; #sequence = 0; #waiting = null; #packet = 256;
  constructor(pipe, framing) {
    this.#pipe = pipe;
    this.#framing = framing;
    pipe.onBytes = bytes => framing.take(bytes, packet => this.#answered(packet));
  }

  #answered(packet) {
    const waiting = this.#waiting;
    if (waiting && packet.length >= HEADER && packet[6] === waiting.request[6] && packet[7] === waiting.request[7]
        && packet[5] === waiting.request[5] && (packet[0] & 7) === (waiting.request[0] & 7) + 1) {
      this.#waiting = null;
      waiting.resolve(packet.slice(HEADER));
    }
  }

  // One request at a time; sent again where no answer comes, but for a reset.
  async #ask(operation, group, command, map, {tries = 4, each = 6000} = {}) {
    const body = encode(map);
    this.#sequence = this.#sequence + 1 & 255;
    const request = Uint8Array.from([VERSION_2 | operation, 0, body.length >> 8, body.length & 255, group >> 8, group & 255, this.#sequence, command, ...body]);
    for (let trial = 0; trial < tries; trial++) {
      const answer = new Promise(resolve => { this.#waiting = {request, resolve}; });
      await this.#pipe.write(this.#framing.wrap(request));
      const got = await Promise.race([answer, new Promise(resolve => setTimeout(resolve, each))]);
      if (got) {
        const said = decode(got);
        if (said.err) throw new Refused(said.err.rc, said.rsn);
        if (said.rc) throw new Refused(said.rc, said.rsn);
        return said;
      }
    }
    this.#waiting = null;
    throw new Silent('the device does not answer');
  }

  async greet() {
    const said = await this.#ask(READ, OS, 6, {}, {tries: 3, each: 1500});
    this.#packet = Math.max(128, Math.min(4096, said.buf_size - 4 || 256));
  }
  async self() {
    const said = await this.#ask(READ, UPDRAFT, 0, {});
    return {id: said.id, checkIn: said['check-in']};
  }
  outcome() { return this.#ask(READ, UPDRAFT, 1, {}); }
  acknowledge(seq) { return this.#ask(WRITE, UPDRAFT, 1, {seq}); }
  async images() { return (await this.#ask(READ, IMAGE, 0, {})).images ?? []; }
  test(hash) { return this.#ask(WRITE, IMAGE, 0, {hash, confirm: false}, {each: 20000}); }
  // Asked once: one that is asked again while it tries an image takes that image back.
  async reset() {
    try { await this.#ask(WRITE, OS, 5, {}, {tries: 1, each: 2000}); } catch (error) { if (!(error instanceof Silent)) throw error; }
  }

  async upload(file, sha, progress) {
    const size = Math.floor((this.#packet - HEADER - 32) / PIECE_UNIT) * PIECE_UNIT;
    let off = 0, left = 8 * Math.ceil(file.length / PIECE_UNIT) + 64;
    do {
      if (--left < 0) throw new Error('the device asks for the same bytes again and again');
      const first = off === 0;
      const data = file.slice(off, off + (first ? Math.max(PIECE_UNIT, size - 64) : size));
      const said = await this.#ask(WRITE, IMAGE, 1, first ? {off, len: file.length, sha, data} : {off, data}, {each: first ? 30000 : 6000});
      if (!(said.off >= 0 && said.off <= file.length)) throw new Error('the device asks for what is not in the file');
      off = said.off;
      progress(off);
    } while (off < file.length);
  }
}
