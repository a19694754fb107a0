//! Photos with metadata, for tests: made by code, so that each byte of them is known.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageEncoder, Rgb, RgbImage};

/// Latitude of the samples, in degrees: 48° 45' 6.8796" N.
pub const LATITUDE: f64 = 48.751_911;
/// Longitude of the samples, in degrees: 122° 28' 43.266" W.
pub const LONGITUDE: f64 = -122.478_685;
/// Name of the camera.
const CAMERA: &str = "Sample Camera 7";
/// Name of the photographer.
const ARTIST: &str = "Photographer of the sample";

const SECONDS: [(u32, u32); 2] = [(68_796, 10_000), (43_266, 1_000)];

/// A picture that is different in each of its corners.
pub fn picture(width: u32, height: u32) -> RgbImage {
    let share = |at: u32, of: u32| u8::try_from(at * 255 / of.max(1)).unwrap_or(u8::MAX);
    RgbImage::from_fn(width, height, |x, y| {
        let is_marked = x < width / 4 && y < height / 4;
        Rgb([share(x, width), share(y, height), if is_marked { 255 } else { 40 }])
    })
}

/// A picture as a JPEG file without metadata.
pub fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 92);
    picture.write_with_encoder(encoder).expect("memory can be written");
    bytes
}

/// An image as a PNG file without metadata.
pub fn png(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_with_encoder(PngEncoder::new(&mut bytes)).expect("memory can be written");
    bytes.into_inner()
}

/// EXIF data with an orientation from 1 to 8, a time, a camera, an author, and the position.
pub fn exif(orientation: u16) -> Vec<u8> {
    // Values that do not fit in an entry follow the directories.
    const ZEROTH: u32 = 8;
    const ENTRY: u32 = 12;
    let mut values = Vec::new();
    let (first, sub, gps) = (5_u32, 2_u32, 4_u32);
    let size = |count: u32| 2 + count * ENTRY + 4;
    let (sub_at, gps_at) = (ZEROTH + size(first), ZEROTH + size(first) + size(sub));
    let values_at = gps_at + size(gps);
    let mut later = |bytes: &[u8]| {
        let at = values_at + u32::try_from(values.len()).expect("few bytes");
        values.extend_from_slice(bytes);
        at.to_le_bytes()
    };
    let text = |text: &str| [text.as_bytes(), b"\0"].concat();
    let rationals = |angle: f64, seconds: (u32, u32)| {
        let degrees = angle.abs();
        let minutes = (degrees.fract() * 60.0).floor();
        let parts = [(degrees.floor(), 1.0), (minutes, 1.0), (seconds.0.into(), seconds.1.into())];
        parts
            .iter()
            .flat_map(|(above, below)| [whole(*above), whole(*below)])
            .flat_map(u32::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let entry = |tag: u16, kind: u16, count: usize, value: [u8; 4]| {
        let count = u32::try_from(count).expect("few values");
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value].concat()
    };
    let (camera, artist) = (text(CAMERA), text(ARTIST));
    let (time, offset) = (text("2026:10:14 11:00:00"), text("-07:00"));
    let (latitude, longitude) = (rationals(LATITUDE, SECONDS[0]), rationals(LONGITUDE, SECONDS[1]));
    let short = |value: u16| [value.to_le_bytes()[0], value.to_le_bytes()[1], 0, 0];
    let directories = [
        vec![
            entry(0x0110, 2, camera.len(), later(&camera)),
            entry(0x0112, 3, 1, short(orientation)),
            entry(0x013b, 2, artist.len(), later(&artist)),
            entry(0x8769, 4, 1, sub_at.to_le_bytes()),
            entry(0x8825, 4, 1, gps_at.to_le_bytes()),
        ],
        vec![entry(0x9003, 2, time.len(), later(&time)), entry(0x9011, 2, offset.len(), later(&offset))],
        vec![
            entry(1, 2, 2, *b"N\0\0\0"),
            entry(2, 5, 3, later(&latitude)),
            entry(3, 2, 2, *b"W\0\0\0"),
            entry(4, 5, 3, later(&longitude)),
        ],
    ];
    let mut exif = b"II*\0\x08\0\0\0".to_vec();
    for entries in directories {
        exif.extend(u16::try_from(entries.len()).expect("few entries").to_le_bytes());
        exif.extend(entries.concat());
        exif.extend([0; 4]);
    }
    exif.extend(values);
    exif
}

fn whole(number: f64) -> u32 {
    format!("{number:.0}").parse().expect("a small positive number")
}

/// XMP with the position in several spellings.
fn xmp() -> Vec<u8> {
    let text = format!(
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description \
         exif:GPSLatitude='48,45.11466N' exif:GPSLongitude='122,28.7211W' drone:lat='{LATITUDE}' drone:lon='{LONGITUDE}' \
         dc:creator='{ARTIST}'/></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    );
    [text.as_bytes(), &LATITUDE.to_le_bytes(), &LONGITUDE.to_be_bytes()].concat()
}

/// A JPEG file with these segments, each with its marker, after its start.
pub fn with_segments(jpeg: &[u8], segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    for (marker, payload) in segments {
        bytes.extend([0xff, *marker]);
        bytes.extend(u16::try_from(payload.len() + 2).expect("a small segment").to_be_bytes());
        bytes.extend(payload);
    }
    bytes.extend(&jpeg[2..]);
    bytes
}

/// The segment of EXIF data.
pub fn exif_segment(orientation: u16) -> (u8, Vec<u8>) {
    (0xe1, [b"Exif\0\0", &exif(orientation)[..]].concat())
}

/// The segment of a color profile.
pub fn icc_segment(profile: &[u8]) -> (u8, Vec<u8>) {
    (0xe2, [b"ICC_PROFILE\0\x01\x01", profile].concat())
}

fn iptc_segment() -> (u8, Vec<u8>) {
    let record = |number: u8, text: &str| {
        let length = u16::try_from(text.len()).expect("a short text").to_be_bytes();
        [&[0x1c, 2, number, length[0], length[1]], text.as_bytes()].concat()
    };
    let records = [record(80, ARTIST), record(90, &format!("{LATITUDE},{LONGITUDE}"))].concat();
    let length = u32::try_from(records.len()).expect("a short text").to_be_bytes();
    (0xed, [b"Photoshop 3.0\x008BIM\x04\x04\0\0", &length[..], &records].concat())
}

/// A PNG file with these chunks after its header.
pub fn with_chunks(png: &[u8], chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    const HEADER_END: usize = 33;
    let mut bytes = png[..HEADER_END].to_vec();
    for (kind, payload) in chunks {
        bytes.extend(chunk(kind, payload));
    }
    bytes.extend(&png[HEADER_END..]);
    bytes
}

/// A part of a PNG file.
pub fn chunk(kind: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a small chunk").to_be_bytes();
    let content = [&kind[..], payload].concat();
    [&length[..], &content, &crc(&content).to_be_bytes()].concat()
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

/// A PNG file of 65 bytes that claims to have this many pixels on each side.
pub fn claiming_png(side: u32) -> Vec<u8> {
    let size = side.to_be_bytes();
    let header = [&size[..], &size, &[8, 2, 0, 0, 0]].concat();
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &header),
        &chunk(b"IDAT", b"\x78\x9c\0\0\0\0\0\x01"),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

/// A JPEG file that claims to have this many pixels on each side.
pub fn claiming_jpeg(side: u16) -> Vec<u8> {
    let mut bytes = jpeg(&picture(16, 16));
    let frame = bytes.windows(2).position(|marker| marker == [0xff, 0xc0]).expect("a frame header");
    let size = side.to_be_bytes();
    bytes[frame + 5..frame + 9].copy_from_slice(&[size, size].concat());
    bytes
}

/// A photo in each format, with the position in each kind of metadata. Each has 640 by 480 pixels.
pub fn photos_with_position() -> Vec<(&'static str, Vec<u8>)> {
    let picture = picture(640, 480);
    let plain = jpeg(&picture);
    let small = with_segments(&jpeg(&self::picture(160, 120)), &[exif_segment(1)]);
    let xmp_segment = (0xe1, [b"http://ns.adobe.com/xap/1.0/\0", &xmp()[..]].concat());
    let extended = xmp();
    let length = u32::try_from(extended.len()).expect("a short text").to_be_bytes();
    let guid = b"0123456789ABCDEF0123456789ABCDEF";
    let extension = (0xe1, [b"http://ns.adobe.com/xmp/extension/\0", &guid[..], &length, &[0; 4], &extended].concat());
    let with_thumbnail = {
        // The first directory leads to a second one, of the thumbnail.
        let mut data = exif(1);
        let at = u32::try_from(data.len()).expect("few bytes");
        data[8 + 2 + 5 * 12..8 + 2 + 5 * 12 + 4].copy_from_slice(&at.to_le_bytes());
        let length = u32::try_from(small.len()).expect("a small image");
        data.extend(2_u16.to_le_bytes());
        for (tag, value) in [(0x0201_u16, at + 2 + 2 * 12 + 4), (0x0202, length)] {
            data.extend(
                [&tag.to_le_bytes()[..], &4_u16.to_le_bytes(), &1_u32.to_le_bytes(), &value.to_le_bytes()].concat(),
            );
        }
        data.extend([0; 4]);
        data.extend(&small);
        with_segments(&plain, &[(0xe1, [b"Exif\0\0", &data[..]].concat())])
    };
    let mpf = {
        let mut bytes = with_segments(&plain, &[exif_segment(1), (0xe2, b"MPF\0II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec())]);
        bytes.extend(&small);
        bytes
    };
    let png = png(&DynamicImage::ImageRgb8(picture.clone()));
    let itxt = [b"XML:com.adobe.xmp\0\0\0\0\0", &xmp()[..]].concat();
    let text = format!("Comment\0{LATITUDE} {LONGITUDE}").into_bytes();
    vec![
        ("exif.jpg", with_segments(&plain, &[exif_segment(1)])),
        ("xmp.jpg", with_segments(&plain, std::slice::from_ref(&xmp_segment))),
        ("extended-xmp.jpg", with_segments(&plain, &[xmp_segment, extension])),
        ("iptc.jpg", with_segments(&plain, &[iptc_segment()])),
        ("thumbnail.jpg", with_thumbnail),
        ("mpf.jpg", mpf),
        ("comment.jpg", with_segments(&plain, &[(0xfe, format!("<script>{LATITUDE}</script>").into_bytes())])),
        ("exif.png", with_chunks(&png, &[(b"eXIf", exif(1))])),
        ("itxt.png", with_chunks(&png, &[(b"iTXt", itxt), (b"tEXt", text)])),
        ("exif.webp", webp(&picture)),
    ]
}

/// A WebP file with EXIF data and XMP.
fn webp(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut bytes);
    encoder.set_exif_metadata(exif(1)).expect("the format has EXIF data");
    picture.write_with_encoder(encoder).expect("memory can be written");
    let xmp = xmp();
    bytes.extend(b"XMP ");
    bytes.extend(u32::try_from(xmp.len()).expect("a short text").to_le_bytes());
    bytes.extend(&xmp);
    if xmp.len() % 2 == 1 {
        bytes.push(0);
    }
    let size = u32::try_from(bytes.len() - 8).expect("a small image").to_le_bytes();
    bytes[4..8].copy_from_slice(&size);
    // The flag of XMP in the header `VP8X`.
    bytes[20] |= 0x04;
    bytes
}

/// What of the samples' metadata is in these bytes: markers of formats, names, and the position as text and numbers.
pub fn traces_in(bytes: &[u8]) -> Vec<String> {
    const MARKERS: [&[u8]; 22] = [
        b"Exif",
        b"EXIF",
        b"eXIf",
        b"II*\0",
        b"MM\0*",
        b"xap/1.0",
        b"xmp",
        b"XMP",
        b"xpacket",
        b"adobe",
        b"Adobe",
        b"Photoshop",
        b"8BIM",
        b"MPF\0",
        b"ICC_PROFILE",
        b"iCCP",
        b"iTXt",
        b"tEXt",
        b"zTXt",
        b"GPS",
        b"<script>",
        b"JFXX",
    ];
    let mut wanted: Vec<(String, Vec<u8>)> =
        MARKERS.iter().map(|marker| (String::from_utf8_lossy(marker).into_owned(), marker.to_vec())).collect();
    for text in [CAMERA, ARTIST, "48.75", "122.47", "48,45.1", "122,28.7", "2026:10:14"] {
        wanted.push((text.to_owned(), text.as_bytes().to_vec()));
    }
    for (name, angle, (above, below)) in [("latitude", LATITUDE, SECONDS[0]), ("longitude", LONGITUDE, SECONDS[1])] {
        wanted.push((format!("{name} as rational"), [above.to_le_bytes(), below.to_le_bytes()].concat()));
        wanted.push((format!("{name} as rational"), [above.to_be_bytes(), below.to_be_bytes()].concat()));
        for angle in [angle, angle.abs()] {
            wanted.push((format!("{name} as double"), angle.to_le_bytes().to_vec()));
            wanted.push((format!("{name} as double"), angle.to_be_bytes().to_vec()));
        }
    }
    let is_in = |part: &[u8]| bytes.windows(part.len()).any(|found| found == part);
    wanted.into_iter().filter(|(_, part)| is_in(part)).map(|(name, _)| name).collect()
}
