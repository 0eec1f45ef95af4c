# Writes the files of a tar archive on standard input below a folder. All files are written and synced before the first
# rename, so an interruption can leave files of two versions only during the renames.
import io
import os
import sys
import tarfile

paths = []
with tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read())) as archive:
    for member in archive:
        path = os.path.join(sys.argv[1], member.name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "wb") as file:
            file.write(archive.extractfile(member).read())
            os.fchmod(file.fileno(), member.mode)
        paths.append(path)
os.sync()
for path in paths:
    os.rename(path + ".new", path)
os.sync()
