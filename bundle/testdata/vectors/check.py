#!/usr/bin/env python3
"""Runs all cases of cases.json with reader.py; both lie beside this file. Prints a line for each case that fails, and
last how many passed; exits with 1 if any failed."""
import hashlib, json, os, shutil, sys, tempfile
import reader

HERE = os.path.dirname(os.path.abspath(__file__))

def load(name):
    with open(os.path.join(HERE, name), 'rb') as file:
        return file.read()

def edit(root, change):
    """Applies an edit to the copy of a bundle, as README.md says."""
    path = os.path.join(root, change['file']) if 'file' in change else root
    if change['op'] == 'remove':
        os.remove(path)
        return
    if change['op'] == 'rename':
        os.rename(path, os.path.join(root, change['to']))
        return
    data = b'' if change['op'] == 'create' else bytearray(load(path))
    put = load(change['from']) if 'from' in change else bytes.fromhex(change.get('hex', ''))
    put += change.get('text', '').encode()
    at = change.get('at', len(data))
    if change['op'] == 'flip':
        data[at // 8] ^= 1 << at % 8
    elif change['op'] == 'cut':
        data = data[:at]
    else:
        behind = at + len(put) if change['op'] == 'write' else at
        data = data[:at] + put + data[behind:]
    with open(path, 'wb') as file:
        file.write(data)

def failure(case, items, root):
    """What differs from what a case wants, or None."""
    base = os.path.join(HERE, case['base'])
    copy = shutil.copytree if os.path.isdir(base) else shutil.copy
    copy(base, root)
    for change in case.get('edits', []):
        edit(root, change)
    known = [reader.read_key(os.path.join(HERE, 'first.pub'))] if case.get('pinned') else []
    got, bundle = reader.verify(os.path.join(root, 'good.001') if case['base'] == 'parts' else root, known)
    want = {'verdict': case['verdict'], 'reason': case.get('reason', ''),
            'marked': case.get('marked', False), 'lost': case.get('lost', [])}
    if got != want:
        return f'{got} instead of {want}'
    if case.get('refused', False) != (bundle is None):
        return 'refused, or not, against what the case wants'
    if case['base'] == 'sections.zip' and bundle.told() != json.loads(load('sections.json')):
        return f'told otherwise: {bundle.told()}'
    shown = {item.path: item for item in bundle.items.values()} if bundle else {}
    expected = set() if case['base'] == 'empty.zip' or not bundle else set(items)
    if set(shown) != expected and not (got['reason'] == 'damaged-index' and set(shown) < expected):
        return f'other items: {sorted(shown)}'
    for path, item in shown.items():
        if path in got['lost']:
            continue
        if hashlib.sha256(b''.join(bundle.content(item))).hexdigest() != items[path]['SHA256']:
            return f'{path} reads otherwise'

def main():
    items = {item['Path']: item for item in json.loads(load('items.json'))}
    cases, failed = json.loads(load('cases.json')), 0
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            what = failure(case, items, os.path.join(folder, 'copy'))
        if what:
            failed += 1
            print(f'{case["name"]}: {what}')
    print(f'{len(cases) - failed} passed, {failed} failed')
    sys.exit(failed > 0)

main()
