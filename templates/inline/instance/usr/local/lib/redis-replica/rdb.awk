# From the first bytes of an RDB, as unsigned numbers (od -An -v -tu1), to "id REPLID", "offset N" and "keys yes|no".
# Auxiliary fields come first: 250, then two strings. A string is a length and its bytes, or a small integer.

{ for (i = 1; i <= NF; i++) byte[++size] = $i }

function string(   length_byte, kind, n, text) {
  length_byte = byte[++position]; kind = int(length_byte / 64); n = length_byte % 64
  if (kind == 3) return number(n == 0 ? 1 : n == 1 ? 2 : 4)
  if (kind == 1) n = n * 256 + byte[++position]
  for (text = ""; n > 0; n--) text = text sprintf("%c", byte[++position])
  return text
}

function number(bytes,   value, i) {
  for (i = bytes; i >= 1; i--) value = value * 256 + byte[position + i]
  position += bytes
  return value
}

END {
  position = 9 # "REDIS" and four digits
  while (byte[position + 1] == 250) {
    position++
    name = string(); value = string()
    if (name == "repl-id") print "id", value
    if (name == "repl-offset") print "offset", value
  }
  # 254: a data base follows; 255: the end. Functions (245) may stand before.
  print "keys", (byte[position + 1] == 255 ? "no" : "yes")
}
