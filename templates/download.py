# Writes the archive at a URL to standard output, if it has the SHA-256. Exits with 10 if the download fails for five
# minutes, and with 20 if the SHA-256 differs.
import hashlib
import http.client
import signal
import sys
import time
import urllib.request

url, wanted = sys.argv[1:]


def late(*_):
    raise TimeoutError("no complete answer within 60 seconds")


def end(status, text):
    print("redis-replica: " + text, file=sys.stderr)
    sys.exit(status)


signal.signal(signal.SIGALRM, late)
deadline = time.monotonic() + 300
while True:
    try:
        signal.alarm(60)
        with urllib.request.urlopen(url) as answer:
            data = answer.read()
        signal.alarm(0)
        break
    except (OSError, ValueError, http.client.HTTPException) as error:
        signal.alarm(0)
        if time.monotonic() > deadline:
            end(10, f"cannot download {url}: {error}")
        time.sleep(5)
found = hashlib.sha256(data).hexdigest()
if found != wanted:
    end(20, f"{url} has the SHA-256 {found}, but must have {wanted}")
sys.stdout.buffer.write(data)
