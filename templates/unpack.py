# Writes the files of a tar archive on standard input below a folder: each beside its place, and renamed when whole.
import io
import os
import sys
import tarfile

with tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read())) as archive:
    for member in archive:
        path = os.path.join(sys.argv[1], member.name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "wb") as file:
            file.write(archive.extractfile(member).read())
            file.flush()
            os.fchmod(file.fileno(), member.mode)
            os.fsync(file.fileno())
        os.rename(path + ".new", path)
