#!/usr/bin/env python3
"""A second reader for Satchel bundles, written from FORMAT.md alone to prove that page (§: its sections). It is made
to be read, not for speed, and needs Python 3.8 and the commands sh, head and zstd.
    reader.py verify [-p KEY|KEYFILE] BUNDLE   prints one JSON object: verdict, reason, marked, lost
    reader.py extract BUNDLE DIR               writes each item that can be read into DIR, which must be new
Exit codes: 0 trusted (or all extracted), 3 changed, incomplete or marked, 4 unknown or unsigned, 1 no bundle.
Left out, as nobody's safety hangs on it: what only a faulty writer gets wrong in index (counts, gaps, order, lists and
paths, titles and the like), fold (no file is written over), code points that Unicode does not assign, several frames in
a block, entries that another tool moved, and, in ZIPs of 4 GiB and more, the framing and the copy of MANIFEST."""
import base64, functools, hashlib, json, os, re, struct, subprocess, sys, unicodedata, zlib
from types import SimpleNamespace as Record
REASONS = ['bad-signature', 'bad-manifest', 'damaged-blocks', 'damaged-index', 'digests-differ']  # the first one counts
class Refused(Exception): """Nothing may be shown: the verdict and the reason."""
def need(condition):
    if not condition: raise ValueError
# --- Signatures: Ed25519 (RFC 8032, 5.1), with points as pairs of x and y; then §3 and §2
P, ORDER, BASE = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493, bytes.fromhex('58' + 31 * '66')
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
def add(p, q):
    t, x, y = D * p[0] * q[0] * p[1] * q[1], p[0] * q[1] + q[0] * p[1], p[1] * q[1] + p[0] * q[0]
    return x * pow(1 + t, -1, P) % P, y * pow(1 - t, -1, P) % P
def multiply(n, p):
    if n == 0: return 0, 1
    return add(multiply(n - 1, p), p) if n % 2 else multiply(n // 2, add(p, p))
def point(raw):
    """The point that 32 bytes encode in its one encoding, or None."""
    sign, y = divmod(int.from_bytes(raw, 'little'), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    for x in (root, -root % P, root * ROOT % P, -root * ROOT % P):
        if x * x % P == square and x % 2 == sign and y < P: return x, y
def ed25519(key, message, signature):
    """Whether a signature holds; a key of small order is none."""
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], 'little')
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), 'little') % ORDER
    return a and r and s < ORDER and multiply(8, a) != (0, 1) and multiply(s, point(BASE)) == add(r, multiply(h, a))
SIGNATURE = re.compile(rb'untrusted comment: (?:(signature from minisign secret key|satchel)|.*)\n(RU[Q-T]'  # canonical
                       rb'[A-Za-z0-9+/]{95}[AEIMQUYcgkosw048]=)\ntrusted comment: (.*)\n([A-Za-z0-9+/]{85}[AQgw]==)\n')
MANIFEST = re.compile(rb'# satchel bundle v1\n(?:# series [a-z0-9][a-z0-9-]{0,31}\n(?:# issue ([1-9][0-9]{0,9})\n)?)?'
                      rb'((?:# key .{56}\n){0,16})# root (0|[1-9][0-9]{0,9}) ([0-9a-f]{64})\n'
                      rb'# index (0|[1-9][0-9]{0,18}) ([0-9a-f]{8})\n# MEMBERS (0|[1-9][0-9]{0,6}) ([0-9a-f]{8})\n'
                      rb'(?:# x-.*\n)*([0-9a-f]{64})  index\n([0-9a-f]{64})  MEMBERS\n')
NEWER = re.compile(rb'# satchel bundle v(?!1\n)|.*\n# (?!(?:series|issue|key|root|index|MEMBERS) |x-)', re.S)
FIRST, SIGNATURE_NAME = 'MANIFEST.minisig', re.compile(r'MANIFEST(\.[0-9A-F]{16})?\.minisig')
def file_name(key): return 'MANIFEST.' + key[2:10][::-1].hex().upper() + '.minisig'  # of a key, or of a signature
def holds(key, m, text):
    first, second = base64.b64decode(m[2]), base64.b64decode(m[4])
    return (first[2:10] == key[2:10] and ed25519(key[10:], hashlib.blake2b(text).digest(), first[10:])
            and ed25519(key[10:], first[10:] + m[3], second))
def judge(names, read, known):
    """MANIFEST, and whose it is. names: signature files; read: gives the bytes of a file; known: the reader's keys."""
    text, held, marked, refused = read('MANIFEST'), {}, False, False
    lines = re.findall(rb'^# key (RW[Q-T][A-Za-z0-9+/]{53})$', text[:16384], re.M)
    named, ours = [base64.b64decode(line) for line in lines], text.startswith(b'# satchel bundle v')
    expected, m = [FIRST] + [file_name(key) for key in named], MANIFEST.fullmatch(text)
    for name in sorted(names, key=lambda name: (name != FIRST, name not in expected, name))[:16]:
        s = SIGNATURE.fullmatch(read(name)) if len(read(name)) <= 16384 else None
        held[name] = by = {key for key in named + known if s and holds(key, s, text)}
        own = file_name(base64.b64decode(s[2])) if s else name
        refused |= own in expected and not by
        marked |= not s or not s[1] or (own != name if name != FIRST else named != [] and by.isdisjoint(named))
    everybody = set().union(*held.values())
    signers = everybody & set(named)
    if (not m or len(text) > 16384 or lines != sorted(set(lines)) or len(lines) != m[2].count(b'\n')
            or int(m[1] or 1) >= 2**32 or int(m[3]) >= 2**31 or int(m[5]) >= 2**62 or int(m[7]) > 7680000):
        if held and not signers and (ours or named): raise Refused('changed', 'bad-signature')
        if ours and NEWER.match(text): raise Refused('unknown' if signers else 'unsigned', 'newer-format')
        raise Refused('changed', 'bad-manifest') if ours else Refused('no bundle', '')
    if refused or named and FIRST in held and not signers: raise Refused('changed', 'bad-signature')
    marked |= bool(signers) and signers.isdisjoint(held.get(FIRST, ())) or sum(map(len, held.values())) > len(everybody)
    trust = 'trusted' if everybody & set(known) else 'unknown' if signers else 'unsigned'
    return Record(trust=trust, signers=signers, text=text, marked=marked, reason='',
                  root=(int(m[3]), bytes.fromhex(m[4].decode())), index=(int(m[5]), int(m[6], 16), m[9].decode()),
                  members=(int(m[7]), int(m[8], 16), m[10].decode()))
# --- Where bytes lie: in the files of a folder (§1), or in a ZIP or its parts (§7)
class Folder:
    cut = 'missing-members'
    def __init__(self, path):
        self.path, self.marked, self.missing, self.files, self.starts = path, False, '', {}, {}
        for name in sorted((e.name for e in os.scandir(path) if e.is_file(follow_symlinks=False)), key=os.fsencode):
            self.files.setdefault(name.lower(), []).append(name)
    def places(self, name):
        """First byte, size and path of a file, or of each part of a ZIP. A name in other case marks the copy."""
        same = self.files.get(name.lower(), [])
        self.marked |= same != [] and name not in same
        paths = [os.path.join(self.path, name if name in same else other) for other in same[:1]]
        return [(0, os.path.getsize(path), path) for path in paths]
    def read(self, name, at, size):
        """Up to size bytes. Fewer come only where some are missing, which is noted."""
        data, end = b'', 0
        for start, length, path in self.places(name):
            skip, end = at + len(data) - start, start + length
            if 0 <= skip < length:
                with open(path, 'rb') as file: data += os.pread(file.fileno(), size - len(data), skip)
        if len(data) < size: self.missing = self.cut if at + size > end else self.missing or 'missing-members'
        return data
    def settle(self, known):
        if len(self.files.get('manifest', [])) > 1: raise Refused('changed', 'two-manifests')
        found = [name for name in self.files if re.fullmatch(r'manifest(\.[0-9a-f]{16})?\.minisig', name)]
        self.marked = any(len(self.files[name]) > 1 for name in found)
        names = ['MANIFEST' + name[8:-8].upper() + '.minisig' for name in found]
        return judge(names, lambda name: self.read(name, 0, 16385), known)
    def frame(self, manifest, entries):
        """A file that is longer than its signed size marks the copy; one without bytes may be missing, too."""
        for name, size, _ in entries:
            self.missing = self.missing if self.places(name) else 'missing-members'
            self.marked |= any(length > size for _, length, _ in self.places(name))
class Zip(Folder):
    cut = 'cut-off'
    def __init__(self, path):
        paths = [path[:-3] + '%03d' % n for n in range(1, 1000)] if path.endswith('.001') else [path]
        sizes = [os.path.getsize(path) if os.path.isfile(path) else 0 for path in paths]
        there = [n for n, size in enumerate(sizes) if size] or [0]
        self.parts = [(n * max(sizes[:there[-1]], default=0), sizes[n], paths[n]) for n in there]
        self.marked, self.missing, self.base, self.starts, self.end = False, '', 0, {}, sum(self.parts[-1][:2])
    def places(self, name):
        return [(start - self.base - self.starts.get(name, 0), size, path) for start, size, path in self.parts]
    def judged(self, data, central, known):
        """MANIFEST by the first local headers, or its copy by the first of the directory: what judge says or raises."""
        files, at, magic, fixed = {}, 0, b'PK\1\2' if central else b'PK\3\4', 46 if central else 30
        while data.startswith(magic, at) and at + fixed <= len(data) and len(files) < 18:
            method, size, n, extra = struct.unpack_from('<H8xI4xHH', data, at + (10 if central else 8))
            name, at = data[at + fixed:at + fixed + n].decode('latin-1'), at + fixed + n
            if method or not (SIGNATURE_NAME.fullmatch(name) if files else name == 'MANIFEST'): break
            begin, at = (at + 4, at + extra) if central else (at + extra, at + extra + size)
            files[name] = data[begin:at]
        try:
            cut = not central and len(data) < 65536 and files.get('MANIFEST', b'').startswith(b'# satchel bundle v')
            if cut: raise Refused('incomplete', self.missing)
            manifest = judge(list(files)[1:], lambda name: files.get(name, b''), known)
            manifest.files = sorted(files.items(), key=lambda file: (len(file[0]), file[0]))
            return manifest
        except Refused as refusal: return Record(text=None, signers=(), refusal=refusal)
    def settle(self, known):
        """MANIFEST at the beginning, or else its copy in the central directory, which the last end record names."""
        tail = self.read('', max(0, self.end - 65577), 65577)
        end = tail.rfind(b'PK\5\6', 0, len(tail) - 18)
        size, offset = struct.unpack_from('<II', tail, end + 12) if end >= 0 else (0, 0)
        at = self.end - len(tail) + end - size
        if self.read('', 30, 8) != b'MANIFEST' and 0 < at - offset < 2**20: self.base = at - offset
        copy, self.missing = self.judged(self.read('', at - self.base, 2**18), True, known), ''
        first = self.judged(self.read('', 0, 65536), False, known)
        verdict, reason = first.refusal.args if first.text is None else ('changed', 'bad-signature')
        if copy.signers and first.text not in (None, copy.text): raise Refused('changed', 'two-manifests')
        if len(copy.signers) > len(first.signers) and (verdict, reason) != ('unknown', 'newer-format'):
            copy.reason = reason if verdict == 'changed' else 'bad-manifest'
            return copy
        if first.text is None: raise first.refusal
        return first
    def frame(self, manifest, entries):
        """Writes anew what lies around the data of the entries, and compares what is there."""
        entries = [(name, len(data), zlib.crc32(data)) for name, data in manifest.files] + entries
        pieces, directory, at, copies = [], [], 0, dict(manifest.files)
        if sum(size for _, size, _ in entries) >= 2**32 - 2**24: return
        for name, size, crc in entries:
            shared = struct.pack('<5H3IH', 20, 0, 0, 0, 0x21, crc, size, size, len(name))
            pad = struct.pack('<HH', 0xD935, 65536 - at - 39) + bytes(65536 - at - 39) if name == 'index' else b''
            copied = struct.pack('<HH', 0x5354, size) + copies[name] if name in copies else b''
            pieces.append((at, b'PK\3\4' + shared + struct.pack('<H', len(pad)) + name.encode() + pad))
            numbers = struct.pack('<4H2I', len(copied), 0, 0, 0, 0x81A40000, at)
            directory.append(b'PK\1\2\x2d\3' + shared + numbers + name.encode() + copied)
            at += len(pieces[-1][1]) + size
        n, length = len(directory), sum(map(len, directory))
        directory.append(struct.pack('<4s4H2IH', b'PK\5\6', 0, 0, n, n, length, at, 0))
        for at, piece in pieces + [(at, b''.join(directory))]:
            self.marked |= not piece.startswith(self.read('', at, len(piece))) and (at >= 65536 or not manifest.reason)
        self.marked |= self.base > 0 or self.base + at + len(piece) < self.end
# --- Pages of index, blocks, decompression and items (§5): everything is hashed before it is parsed
class Cursor:
    def __init__(self, data): self.data, self.at = data, 0
    def take(self, n):
        need(n <= len(self.data) - self.at)
        self.at += n
        return self.data[self.at - n:self.at]
    def number(self):
        m = re.match(rb'[\x80-\xff]{0,8}[\x01-\x7f]|\0', self.data[self.at:self.at + 9])
        need(m)
        return sum((byte & 127) << 7 * i for i, byte in enumerate(self.take(m.end())))
    def text(self): return self.take(self.number()).decode()
def unzstd(frame, length):
    """Decompresses a frame to exactly length bytes, and to no more."""
    command = f'zstd -dcq --memory=8MiB | head -c {length + 1}'
    done = subprocess.run(command, shell=True, input=frame, capture_output=True)
    need(frame[:4] == b'\x28\xb5\x2f\xfd' and len(done.stdout) == length and not done.stderr)
    return done.stdout
def parse_page(raw, first, level):
    """The entries of a page; one above the leaves has for a value: offset, length, SHA-256, first key and level."""
    c, key, keys, found, above = Cursor(raw), b'', 0, [], raw[0] & 127
    need(raw[0] <= 128 and above <= 7 and level in (None, above) and c.take(1))
    length = c.number() if raw[0] == 128 else len(raw) - 1
    need(length <= 69648)
    c = Cursor(unzstd(raw[c.at:], length) if raw[0] == 128 else raw[1:])
    while c.at < length:
        shared, n, v = c.number(), c.number(), c.number()
        old, key, value = key, key[:shared] + c.take(n), Cursor(c.take(v))
        keys += len(key)
        need(shared <= len(old) and old < key and len(key) <= 4096 and keys <= 524288)
        found.append((key, (value.number(), value.number(), value.take(32), key, above - 1) if above else value))
    need(found[0][0] == first if found and first else found or not above and not first)
    return found
def phrases(data):
    """What a multilingual text says, by language."""
    c, said = Cursor(data), {}
    while c.at < len(data):
        language = c.text()
        said[language] = c.text()
    return said
def check_path(path):
    """Refuses a path that is not as §6 demands."""
    signs = '[\u00ad\u061c\u200c-\u200f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000e0020-\U000e007f]'
    need(len(path.encode()) <= 1024 and path.count('/') < 64)
    need({'Cc', 'Cf', 'Zl', 'Zp'}.isdisjoint(map(unicodedata.category, re.sub(signs, '', path))))
    for name in path.split('/'):
        need(0 < len(name.encode()) <= 255 and name[-1] not in '. ' and not re.search(r'[<>:"|?*\\]', name))
        device = name.split('.')[0].rstrip(' ').lower()
        need(not re.fullmatch(r'con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³]', device))
class Bundle:
    def __init__(self, path, known=()):
        self.source = Folder(path) if os.path.isdir(path) else Zip(path)
        self.manifest, self.source.missing = self.source.settle(list(known)), ''
        self.problems, self.items, self.members, self.blocks = {self.manifest.reason} - {''}, {}, {}, {}
        self.about, self.sections, self.orders = {}, {}, {}
        size, (root, digest) = self.manifest.index[0], self.manifest.root
        self.source.starts = {'index': 65536}
        for key, c in sorted(self.leaves(size - root, root, digest), key=lambda entry: entry[0], reverse=True):
            if key[:1] == b'A': self.about[key[1:].decode()] = c.data
            try: self.entry(key[:1], int.from_bytes(key[1:5], 'big'), int.from_bytes(key[5:], 'big'), c)
            except ValueError: self.problems.add('damaged-index')
        for _, m in sorted(self.members.items()):
            self.source.starts[m.name] = 65536 + size + m.at
            self.source.starts['MEMBERS'] = 65536 + size + m.at + m.size + 37  # behind its own header
    def load(self, name, at, size, digest, reason, parse):
        """Parses what has its hash. None comes where bytes are missing, or break a rule: the reason is noted then."""
        data = self.source.read(name, at, size)
        try:
            need(len(data) < size or hashlib.sha256(data).digest() == digest)
            return parse(data) if len(data) == size else None
        except ValueError: self.problems.add(reason)
    def leaves(self, at, size, digest, first=b'', level=None):
        """The entries of the leaves below a page. A lost page costs its own entries, the root everything."""
        if not (0 <= at and 0 < size <= 69664): found = self.problems.add('damaged-index')
        else: found = self.load('index', at, size, digest, 'damaged-index', lambda raw: parse_page(raw, first, level))
        if found is None and not first: raise Refused(*self.verdict())
        for key, value in found or []:
            yield from self.leaves(*value) if isinstance(value, tuple) else [(key, value)]
    def entry(self, kind, number, first, c):
        """Takes an entry of a leaf: a member, up to 64 lines of the block table (of members so far), or an item."""
        if kind == b'm':
            m = Record(name=c.text(), packed=c.take(1)[0], at=c.number(), size=c.number(), blocks=c.number(),
                       crc=int.from_bytes(c.take(4), 'big'), filled=0)
            need(re.fullmatch(r'[pbms][0-9]{4,5}(\.[a-z0-9]{1,5})?', m.name) and m.packed == (m.name[0] == 'p'))
            self.members[number] = m
        if kind == b'b' and number in self.members:
            m = self.members[number]
            at = c.number() if m.packed else first * 262144
            for i in range(first, min(first + 64, m.blocks)):
                lies = c.number() if m.packed else min(262144, m.size - at)
                length = c.number() if m.packed else lies
                need(0 < lies <= 8455168 and length <= 8388608 and at + lies <= m.size)
                self.blocks[number, i] = m, at, lies, length, c.take(32)
                at, m.filled = at + lies, m.filled + lies
        if kind == b'S': self.sections[number] = phrases(c.take(c.number())), c.text()
        if kind == b'O': self.orders[number, first] = [int.from_bytes(c.take(4), 'big') for _ in range(len(c.data) // 4)]
        if kind == b'I':
            item = Record(path=c.text(), kind=c.take(1)[0], about=[c.text() for _ in range(4)], size=c.number(),
                          member=c.number(), block=c.number(), offset=c.number(), shown=True)
            check_path(item.path)
            self.items[number] = item
            while c.at < len(c.data): item.shown &= c.number() % 2 == 1 and c.text() is not None
    def told(self):
        """What the bundle says of itself and its sections, in the form of sections.json."""
        titles = {**phrases(self.about.get('titles', b'')), '': self.about.get('title', b'').decode()}
        sections = []
        for number, (name, cover) in sorted(self.sections.items()):
            ids = [i for (section, _), chunk in sorted(self.orders.items()) if section == number for i in chunk]
            sections.append({'Name': name, 'Cover': cover, 'Paths': [self.items[i].path for i in ids]})
        return {'Titles': titles, 'Description': phrases(self.about.get('description', b'')),
                'Publisher': self.about.get('publisher', b'').decode(), 'Sections': sections}
    @functools.lru_cache(maxsize=4)
    def block(self, number, i):
        """A block, decompressed; None if it is lost, or there is none."""
        if (number, i) not in self.blocks: return None
        m, at, lies, length, digest = self.blocks[number, i]
        parse = lambda data: unzstd(data, length) if m.packed else data
        return self.load(m.name, at, lies, digest, 'damaged-blocks', parse)
    def content(self, item):
        """The content of an item in pieces; it ends early where something is lost."""
        left, i, at = item.size if item.shown else 0, item.block, item.offset
        while left:
            piece = (self.block(item.member, i) or b'')[at:at + left]
            if not piece: return
            yield piece
            left, i, at = left - len(piece), i + 1, 0
    def readable(self, item): return item.shown and sum(map(len, self.content(item))) == item.size
    def compare(self, name, size, crc, digest):
        """Compares a whole file with the flat digests that are signed, too, if all of it is there."""
        sha, found, length = hashlib.sha256(), 0, 0
        while length < size:
            data = self.source.read(name, length, min(262144, size - length))
            if not data: return
            sha.update(data)
            found, length = zlib.crc32(data, found), length + len(data)
        if found != crc or digest not in (None, sha.hexdigest()): self.problems.add('digests-differ')
    def verdict(self):
        reason = min(self.problems, key=REASONS.index) if self.problems else self.source.missing
        return 'changed' if self.problems else 'incomplete' if reason else self.manifest.trust, reason
    def verify(self):
        """Reads everything, and says what there is to say (§8)."""
        index, listed, source = self.manifest.index, self.manifest.members, self.source
        for number, i in self.blocks: self.block(number, i)
        lost = sorted(item.path for item in self.items.values() if not self.readable(item))
        members = [m for _, m in sorted(self.members.items())]
        complete = members and all(m.filled == m.size for m in members)
        if not complete and not source.missing: self.problems.add('damaged-index')
        text = source.read('MEMBERS', 0, listed[0]).decode('latin-1')
        sums = {line[66:]: line[:64] for line in text.split('\n')[:-1]}
        if 'damaged-index' not in self.problems and len(text) == listed[0] and list(sums) != [m.name for m in members]:
            self.problems.add('digests-differ')
        files = [('index', *index)] + [(m.name, m.size, m.crc, sums.get(m.name)) for m in members]
        if 'damaged-index' not in self.problems: files.append(('MEMBERS', *listed))
        for file in files: self.compare(*file)
        if 'damaged-index' not in self.problems: source.frame(self.manifest, [file[:3] for file in files])
        verdict, reason = self.verdict()
        return {'verdict': verdict, 'reason': reason, 'marked': source.marked or self.manifest.marked, 'lost': lost}
# --- Commands
def verify(path, known=()):
    """What verify says of a bundle; and the bundle, unless it is refused."""
    try:
        bundle = Bundle(path, known)
        return bundle.verify(), bundle
    except Refused as refusal: return dict(zip(('verdict', 'reason'), refusal.args), marked=False, lost=[]), None
def read_key(text):
    """A public key in base64, or the one in a file."""
    if os.path.isfile(text):
        with open(text) as file: text = file.read(16384)
    return base64.b64decode(re.search('^RW[Q-T][A-Za-z0-9+/]{53}$', text, re.M)[0])
def extract(bundle, folder):
    """Writes what can be read into a new folder, and names the rest."""
    os.makedirs(folder)
    code = 3 if bundle.problems else 0
    for item in bundle.items.values():
        path = os.path.join(folder, item.path)
        try:
            need(bundle.readable(item))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'xb') as file: file.writelines(bundle.content(item))
        except (ValueError, OSError): code = print('lost:', ascii(item.path), file=sys.stderr) or 3
    return code
def main(command='', *rest):
    known = [read_key(rest[1])] if command == 'verify' and rest[:1] == ('-p',) and len(rest) == 3 else []
    rest = rest[2:] if known else rest
    codes = {'trusted': 0, 'unknown': 4, 'unsigned': 4, 'no bundle': 1}
    if command == 'verify' and len(rest) == 1:
        result = verify(rest[0], known)[0]
        print(json.dumps(result, ensure_ascii=False))
        return 3 if result['marked'] else codes.get(result['verdict'], 3)
    if command != 'extract' or len(rest) != 2: return __doc__
    try: return extract(Bundle(rest[0]), rest[1])
    except Refused as refusal:
        print(*refusal.args, file=sys.stderr)
        return codes.get(refusal.args[0], 3)
if __name__ == '__main__': sys.exit(main(*sys.argv[1:]))
