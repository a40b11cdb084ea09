#!/usr/bin/python3
"""Makes the pictures of this folder and expected.txt: what each reads as by Pillow 9.4.0, as the name, width, height
and MD5 of Image.open(name).convert("RGB").tobytes().

PNG files are put together here byte by byte, because no one program writes every colour type, depth and interlacing.
ycck.jpg came from libjpeg with jpeg_set_colorspace(JCS_YCCK) and is kept."""
import glob
import hashlib
import struct
import zlib
import numpy as np
from PIL import Image

rng = np.random.RandomState(7)
W, H = 21, 13  # odd, so that every Adam7 pass has another size
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # per pixel, by colour type
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def rows(values, depth):
    """Filter 0 before each row; samples packed from the high bit."""
    out = b''
    for row in values.reshape(values.shape[0], -1):
        bits = ''.join(format(v, '0%db' % depth) for v in row)
        bits += '0' * (-len(bits) % 8)
        out += b'\0' + bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
    return out


def png(name, colour, depth, interlaced=False, extra=b'', top=None):
    values = rng.randint(0, top or 2 ** depth, (H, W, SAMPLES[colour]))
    parts = [values[y::dy, x::dx] for x, y, dx, dy in ADAM7] if interlaced else [values]
    data = zlib.compress(b''.join(rows(p, depth) for p in parts if p.size), 9)
    header = struct.pack('>IIBBBBB', W, H, depth, colour, 0, 0, int(interlaced))
    with open(name + '.png', 'wb') as f:
        f.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + extra + chunk(b'IDAT', data) + chunk(b'IEND', b''))


def palette(entries):
    return chunk(b'PLTE', bytes(rng.randint(0, 256, entries * 3).tolist()))


for depth in (1, 2, 4, 8, 16):
    png('grey%d' % depth, 0, depth)
png('grey16_dark', 0, 16, top=400)
png('grey8_key', 0, 8, extra=chunk(b'tRNS', struct.pack('>H', 7)))
for depth in (1, 2, 4, 8):
    png('palette%d' % depth, 3, depth, extra=palette(2 ** depth))
png('palette8_alpha', 3, 8, extra=palette(256) + chunk(b'tRNS', bytes(range(200))))
for depth in (8, 16):
    png('rgb%d' % depth, 2, depth)
    png('grey_alpha%d' % depth, 4, depth)
    png('rgb_alpha%d' % depth, 6, depth)
    png('rgb%d_interlaced' % depth, 2, depth, True)
png('rgb8_key', 2, 8, extra=chunk(b'tRNS', struct.pack('>HHH', 1, 2, 3)))
png('rgb8_gamma', 2, 8, extra=chunk(b'gAMA', struct.pack('>I', 100000)))
png('palette2_interlaced', 3, 2, True, palette(4))
png('grey1_interlaced', 0, 1, True)
png('grey16_interlaced', 0, 16, True)

for colour in (0, 2):
    W = H = 1
    png('one_pixel_%d' % colour, colour, 8)
    W, H = 21, 13

y, x = np.mgrid[0:H * 2, 0:W * 2]
wave = 127 + 120 * np.sin(np.stack([x * 0.31 + y * 0.1, x * 0.07 - y * 0.43, x * 0.2 + y * 0.2, x * 0.5], -1))
scene = (wave + rng.randint(-7, 8, wave.shape)).clip(0, 255).astype(np.uint8)
rgb = Image.fromarray(scene[..., :3])
for sampling, name in enumerate(('444', '422', '420')):
    rgb.save('rgb_%s.jpg' % name, quality=83, subsampling=sampling)
rgb.save('rgb_progressive.jpg', quality=75, progressive=True)
Image.fromarray(scene[..., 0]).save('grey.jpg', quality=80)
Image.fromarray(scene, 'CMYK').save('cmyk.jpg', quality=80)
rgb.crop((5, 5, 6, 6)).save('one_pixel.jpg')
rgb.crop((5, 5, 6, 6)).save('one_pixel.webp')
rgb.save('lossy.webp', quality=70)
rgb.save('lossless.webp', lossless=True)
Image.fromarray(scene, 'RGBA').save('lossy_alpha.webp', quality=70)
Image.fromarray(scene, 'RGBA').save('lossless_alpha.webp', lossless=True, exact=True)
rgb.resize((9, 7)).save('animated.webp', save_all=True, append_images=[rgb.resize((9, 7), Image.Resampling.BOX)])

with open('expected.txt', 'w') as f:
    for name in sorted(glob.glob('*.png') + glob.glob('*.jpg') + glob.glob('*.webp')):
        if name != 'animated.webp':
            read = Image.open(name).convert('RGB')
            f.write('%s %d %d %s\n' % (name, *read.size, hashlib.md5(read.tobytes()).hexdigest()))
