import collections, hashlib, json, math, os, re, sqlite3, subprocess, threading

document = {"a": [1, 2, {"b": None}], "c": "\u00e9\u1234"}
print(json.dumps(document, sort_keys=True), json.loads(json.dumps(document)) == document)
print(re.findall(r"(\w+)@(\w+)\.com", "foo@bar.com, x@y.com"), re.sub(r"\d+", lambda m: str(int(m[0]) * 2), "a1b22"))

results, lock = [], threading.Lock()


def work(number):
    for i in range(100):
        with lock:
            results.append(number * i)


threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), sum(results))

print(subprocess.run(["sh", "-c", "echo out; echo err >&2; exit 3"], capture_output=True))
child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(child.communicate(b"x" * 100000)[0].count(b"x"))

database = sqlite3.connect(":memory:")
database.execute("create table t(a, b)")
database.executemany("insert into t values (?, ?)", [(i, i * i) for i in range(1000)])
print(database.execute("select sum(b) from t").fetchone())
print(hashlib.sha256(b"abc").hexdigest(), math.pi, collections.Counter("hello").most_common(2))
read, write = os.pipe()
if os.fork() == 0:
    os.write(write, b"from the child")
    os._exit(3)
print(os.read(read, 100), os.waitstatus_to_exitcode(os.wait()[1]))
