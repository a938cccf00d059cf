"""核验账本导出（独立程序，只需 Python 3.8 以上，不需安装任何软件）。
用法：python3 verify_span.py 账本.jsonl [公钥（64 位十六进制）]
账本.jsonl 一行一项：第一行为说明，其后每行一条账目及其封存，再后为封存头。封存的哈希是
{"entry": 账目各列, "prev": 前一封存的哈希, "seq": 序号} 的规范 JSON（键排序、无空格、UTF-8）的 SHA-256；
封存头是某一序号的哈希，由机关用 Ed25519（RFC 8032）签名并公布在网站 heads/ 下，公钥在 heads/index.json。
公钥请取自您信任的地方（如早先保存的 heads/index.json）；不给则用文件自带的，只能发现封存之后的改动。
退出码：0 完好，1 有改动或缺失，2 读不懂。
"""

import base64
import hashlib
import json
import sys

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    u, v = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, v - u, v + u, t + s
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, point):
    result = (0, 1, 1, 0)
    for bit in f"{n:b}":
        result = add(add(result, result), point if bit == "1" else (0, 1, 1, 0))
    return result


def point_of(data):
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number % 2**255
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - x2) % P or (x == 0 and sign):
        raise ValueError("不是曲线上的点")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public, message, signature):
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or len(public) != 32 or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    x, y, z, t = point_of(public)
    x, y, z, t = add(times(s, BASE), times(h, (P - x, y, z, P - t)))
    x, y = x * pow(z, P - 2, P) % P, y * pow(z, P - 2, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def check(lines, key=None):
    """Return (number of entries, last sequence number under a signed head, list of faults in Chinese)."""
    first = json.loads(next(lines))
    public, due, prev = bytes.fromhex(key or first["public_key"]), first["first_seq"], first["prev"]
    faults, hashes, covered = [], {}, 0
    for row in map(json.loads, lines):
        seq = row["head"]["seq"] if "head" in row else row["seq"]
        if "entry" in row:
            if seq != due or row["prev"] != prev:
                faults.append(f"第 {seq} 号封存接不上前一号：有账目被删除、插入或换了次序")
            sealed = canonical({"entry": row["entry"], "prev": row["prev"], "seq": seq})
            if hashlib.sha256(sealed).hexdigest() != row["hash"]:
                faults.append(f"第 {seq} 号封存的账目 {row['entry']['id']} 被改动")
            due, prev, hashes[seq] = seq + 1, row["hash"], row["hash"]
            continue
        part = {name: row["head"][name] for name in ("schema", "seq", "entry", "hash", "at", "previous")}
        if not signed(public, canonical(part), base64.b64decode(row["head"]["signature"])):
            faults.append(f"第 {seq} 号封存头的签名不符")
        elif hashes.get(seq) != part["hash"]:
            faults.append(f"第 {seq} 号封存与已签名的封存头不同")
        covered = max(covered, seq)
    if due - 1 != first["last_seq"] or len(hashes) != first["entries"]:
        faults.append(f"账目不全：应到第 {first['last_seq']} 号，只到第 {due - 1} 号")
    if first.get("covered_seq", 0) > covered:
        faults.append(f"缺少第 {first['covered_seq']} 号封存头")
    return len(hashes), covered, faults


if __name__ == "__main__":
    try:
        with open(sys.argv[1], encoding="utf-8") as stream:
            total, last, wrong = check(iter(stream), *sys.argv[2:3])
    except (OSError, IndexError, KeyError, TypeError, ValueError, StopIteration) as error:
        sys.exit(print(f"读不懂：{error!r}。用法见本文件开头") or 2)
    print("\n".join(wrong[:50]) or f"账本完好：{total} 条，签名的封存头覆盖到第 {last} 号")
    sys.exit(1 if wrong else 0)
