//! Tests of the images that are made of photos.

use image::{DynamicImage, GenericImageView, Rgba, RgbaImage, imageops, load_from_memory};
use moxcms::ColorProfile;
use portico_content::samples::{
    LATITUDE, LONGITUDE, claiming_jpeg, claiming_png, exif_segment, icc_segment, jpeg, photos_with_position, picture,
    png, traces_in, with_segments,
};
use portico_content::{Unfit, Upright, images_of};
use portico_core::files::RenditionKind;
use portico_core::files::content::{MadeFormat, MadeImages};

fn made(bytes: Vec<u8>) -> MadeImages {
    images_of(bytes, Upright::ByMetadata).expect("a photo")
}

/// Format, width and height of each image.
fn sizes(made: &MadeImages) -> Vec<(MadeFormat, u32, u32)> {
    made.images.iter().map(|image| (image.format, image.width, image.height)).collect()
}

fn pixels(made: &MadeImages, kind: RenditionKind) -> DynamicImage {
    let image = made.images.iter().find(|image| image.kind == kind).expect("an image of each size");
    let decoded = load_from_memory(&image.bytes).expect("an image");
    assert_eq!(decoded.dimensions(), (image.width, image.height));
    decoded
}

/// Mean difference of channels.
fn distance(one: &DynamicImage, other: &DynamicImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let (one, other) = (one.to_rgb8(), other.to_rgb8());
    let sum: u64 = one.iter().zip(other.iter()).map(|(one, other)| u64::from(one.abs_diff(*other))).sum();
    let count = u32::try_from(one.len()).expect("a small image");
    f64::from(u32::try_from(sum).expect("a small image")) / f64::from(count)
}

#[test]
fn images_fit_in_their_sizes() {
    use MadeFormat::{Jpeg, Png};
    let of = |width, height| sizes(&made(jpeg(&picture(width, height))));
    assert_eq!(of(5000, 2500), [(Jpeg, 4096, 2048), (Jpeg, 1280, 640), (Jpeg, 320, 160)]);
    assert_eq!(of(900, 1800), [(Jpeg, 900, 1800), (Jpeg, 640, 1280), (Jpeg, 160, 320)]);
    // Never enlarged.
    assert_eq!(of(40, 30), [(Jpeg, 40, 30), (Jpeg, 40, 30), (Jpeg, 40, 30)]);
    assert_eq!(of(5000, 1), [(Jpeg, 4096, 1), (Jpeg, 1280, 1), (Jpeg, 320, 1)]);
    let graphic = png(&DynamicImage::ImageRgb8(picture(400, 200)));
    assert_eq!(sizes(&made(graphic)), [(Png, 400, 200), (Png, 400, 200), (Png, 320, 160)]);
}

#[test]
fn no_metadata_is_left() {
    // A79
    for (name, bytes) in photos_with_position() {
        assert!(!traces_in(&bytes).is_empty(), "{name} has no metadata");
        let made = made(bytes);
        for image in &made.images {
            assert_eq!(traces_in(&image.bytes), Vec::<String>::new(), "{name} {}", image.kind);
        }
        let has_exif = ["exif.jpg", "thumbnail.jpg", "mpf.jpg", "exif.png", "exif.webp"].contains(&name);
        assert_eq!(made.facts.latitude.is_some(), has_exif, "{name}");
        assert!(distance(&pixels(&made, RenditionKind::Large), &DynamicImage::ImageRgb8(picture(640, 480))) < 3.0);
    }
}

#[test]
fn facts_are_read() {
    let facts = made(with_segments(&jpeg(&picture(32, 24)), &[exif_segment(1)])).facts;
    assert_eq!(facts.taken_at.map(|at| at.to_string()).as_deref(), Some("2026-10-14 11:00:00"));
    assert_eq!(facts.offset_minutes, Some(-7 * 60));
    assert!((facts.latitude.expect("a position") - LATITUDE).abs() < 1e-7);
    assert!((facts.longitude.expect("a position") - LONGITUDE).abs() < 1e-7);
}

#[test]
fn orientation_is_applied() {
    let upright = picture(400, 240);
    let rotated = |orientation: u16| match orientation {
        2 => imageops::flip_horizontal(&upright),
        3 => imageops::rotate180(&upright),
        4 => imageops::flip_vertical(&upright),
        5 => imageops::flip_horizontal(&imageops::rotate90(&upright)),
        6 => imageops::rotate270(&upright),
        7 => imageops::flip_horizontal(&imageops::rotate270(&upright)),
        8 => imageops::rotate90(&upright),
        _ => upright.clone(),
    };
    for orientation in 1..=8 {
        let photo = with_segments(&jpeg(&rotated(orientation)), &[exif_segment(orientation)]);
        let made = made(photo);
        for kind in [RenditionKind::Large, RenditionKind::Small] {
            let image = pixels(&made, kind);
            let expected = DynamicImage::ImageRgb8(upright.clone()).thumbnail(image.width(), image.height());
            assert!(distance(&image, &expected) < 3.0, "{orientation} {kind}");
        }
    }
    // Applied already by another program.
    let photo = with_segments(&jpeg(&upright), &[exif_segment(6)]);
    let made = images_of(photo, Upright::Already).expect("a photo");
    assert_eq!((made.images[0].width, made.images[0].height), (400, 240));
    // Not one of the standard.
    let made = self::made(with_segments(&jpeg(&upright), &[exif_segment(9)]));
    assert_eq!((made.images[0].width, made.images[0].height), (400, 240));
}

#[test]
fn colors_are_converted_to_srgb() {
    let flat = image::RgbImage::from_pixel(64, 64, image::Rgb([200, 100, 50]));
    let profile = ColorProfile::new_display_p3().encode().expect("a profile");
    let photo = with_segments(&jpeg(&flat), &[icc_segment(&profile)]);
    let image = pixels(&made(photo), RenditionKind::Large);
    let Rgba([red, green, blue, _]) = image.get_pixel(32, 32);
    // Computed by the matrices of both spaces.
    for (channel, expected) in [(red, 215_u8), (green, 93), (blue, 31)] {
        assert!(channel.abs_diff(expected) <= 4, "{red} {green} {blue}");
    }
    let damaged = with_segments(&jpeg(&flat), &[icc_segment(&profile[..100])]);
    let Rgba([red, ..]) = pixels(&made(damaged), RenditionKind::Large).get_pixel(32, 32);
    assert!(red.abs_diff(200) <= 4, "a profile that cannot be read is ignored");
}

#[test]
fn transparency_stays() {
    let mut image = RgbaImage::from_pixel(400, 400, Rgba([10, 200, 30, 255]));
    image.put_pixel(399, 399, Rgba([0, 0, 0, 0]));
    let made = self::made(png(&DynamicImage::ImageRgba8(image)));
    assert!(made.images.iter().all(|image| image.format == MadeFormat::Png));
    assert_eq!(pixels(&made, RenditionKind::Large).get_pixel(399, 399).0[3], 0);
    assert_eq!(pixels(&made, RenditionKind::Small).get_pixel(0, 0).0, [10, 200, 30, 255]);
}

#[test]
fn photo_in_a_graphic_format_becomes_jpeg() {
    let mut random = 7_u32;
    let mut noise = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        random.to_be_bytes()[0]
    };
    let image = image::RgbImage::from_fn(1500, 1200, |_, _| image::Rgb([noise(), noise(), noise()]));
    let made = self::made(png(&DynamicImage::ImageRgb8(image)));
    assert_eq!(made.images[0].format, MadeFormat::Jpeg);
    assert_eq!(made.images[2].format, MadeFormat::Png);
}

#[test]
fn first_frame_of_an_animation_is_shown() {
    let frame = |red: u8| image::Frame::new(RgbaImage::from_pixel(60, 40, Rgba([red, 0, 0, 255])));
    let mut bytes = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
        encoder.encode_frames([frame(250), frame(20), frame(90)]).expect("memory can be written");
    }
    let made = self::made(bytes);
    assert_eq!(sizes(&made)[0], (MadeFormat::Png, 60, 40));
    assert!(pixels(&made, RenditionKind::Large).get_pixel(5, 5).0[0] > 240);
}

#[test]
fn sixteen_bits_become_eight() {
    let image = image::ImageBuffer::<image::Rgb<u16>, _>::from_pixel(50, 50, image::Rgb([65_535, 32_768, 0]));
    let made = self::made(png(&DynamicImage::ImageRgb16(image)));
    assert_eq!(pixels(&made, RenditionKind::Large).get_pixel(9, 9).0, [255, 128, 0, 255]);
    let gray = image::ImageBuffer::<image::Luma<u16>, _>::from_pixel(50, 50, image::Luma([65_535]));
    let made = self::made(png(&DynamicImage::ImageLuma16(gray)));
    assert_eq!(pixels(&made, RenditionKind::Small).get_pixel(9, 9).0, [255, 255, 255, 255]);
}

/// A JPEG file of one color in CMYK, as Adobe's programs write it: 255 is no ink.
fn cmyk(ink: [u8; 4]) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0".to_vec();
    bytes.extend(b"\xff\xdb\0\x43\0");
    bytes.extend([1; 64]);
    bytes.extend(b"\xff\xc0\0\x14\x08\0\x08\0\x08\x04\x01\x11\0\x02\x11\0\x03\x11\0\x04\x11\0");
    // Differences by the standard's table; of other coefficients only the end of a block.
    bytes.extend(b"\xff\xc4\0\x1f\0\0\x01\x05\x01\x01\x01\x01\x01\x01\0\0\0\0\0\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b");
    bytes.extend(b"\xff\xc4\0\x14\x10\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    bytes.extend(b"\xff\xda\0\x0e\x04\x01\0\x02\0\x03\0\x04\0\0\x3f\0");
    const CODES: [&str; 12] =
        ["00", "010", "011", "100", "101", "110", "1110", "11110", "111110", "1111110", "11111110", "111111110"];
    let mut bits = String::new();
    for ink in ink {
        let value = (i32::from(255 - ink) - 128) * 8;
        let length = 32 - value.unsigned_abs().leading_zeros();
        bits.push_str(CODES[usize::try_from(length).expect("few bits")]);
        let coded = if value < 0 { value - 1 } else { value };
        for bit in (0..length).rev() {
            bits.push(if (coded >> bit) & 1 == 1 { '1' } else { '0' });
        }
        bits.push('0');
    }
    while !bits.len().is_multiple_of(8) {
        bits.push('1');
    }
    for at in (0..bits.len()).step_by(8) {
        let byte = u8::from_str_radix(&bits[at..at + 8], 2).expect("eight bits");
        bytes.push(byte);
        if byte == 0xff {
            bytes.push(0);
        }
    }
    bytes.extend(b"\xff\xd9");
    bytes
}

#[test]
fn cmyk_photo_keeps_its_colors() {
    for (ink, expected) in
        [([0, 250, 250, 0], [255_u8, 5, 5]), ([250, 0, 0, 0], [5, 255, 255]), ([0, 0, 0, 250], [5, 5, 5])]
    {
        let image = pixels(&made(cmyk(ink)), RenditionKind::Large);
        let Rgba([red, green, blue, _]) = image.get_pixel(4, 4);
        for (channel, expected) in [red, green, blue].into_iter().zip(expected) {
            assert!(channel.abs_diff(expected) < 12, "{ink:?}: {red} {green} {blue}");
        }
    }
}

#[test]
fn damaged_photos_never_panic() {
    let photos: Vec<Vec<u8>> = photos_with_position().into_iter().map(|(_, bytes)| bytes).collect();
    let mut random = 11_u32;
    let mut below = |most: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(random >> 8).expect("a small number") % most
    };
    let mut failed = 0;
    for _ in 0..60 {
        let mut photo = photos[below(photos.len())].clone();
        if below(2) == 0 {
            photo.truncate(below(photo.len()));
        }
        for _ in 0..below(8) {
            if !photo.is_empty() {
                let at = below(photo.len());
                photo[at] = below(256).to_le_bytes()[0];
            }
        }
        failed += usize::from(images_of(photo, Upright::ByMetadata).is_err());
    }
    assert!((5..60).contains(&failed), "{failed}");
}

#[test]
fn unfit_content_is_told_apart() {
    let unfit = |bytes: Vec<u8>| images_of(bytes, Upright::ByMetadata).expect_err("no photo");
    for other in [&b"II*\0\x08\0\0\0"[..], b"BM123456", b"<svg/>", b"8BPS", b"", b"\0\0\0\x1cftypavif\0\0\0\0"] {
        assert_eq!(unfit(other.to_vec()), Unfit::Unsupported, "{}", String::from_utf8_lossy(other));
    }
    for side in [16_384, 21_600, 60_000, u32::from(u16::MAX), 1 << 30] {
        assert_eq!(claiming_png(side).len(), 65);
        assert_eq!(unfit(claiming_png(side)), Unfit::TooLarge, "{side}");
    }
    assert_eq!(unfit(claiming_jpeg(21_600)), Unfit::TooLarge);
    assert_eq!(unfit(claiming_jpeg(60_000)), Unfit::TooLarge);
    assert_eq!(unfit(claiming_png(100)), Unfit::Damaged);
    let whole = jpeg(&picture(640, 480));
    assert_eq!(unfit(whole[..100].to_vec()), Unfit::Damaged);
}

#[test]
fn truncated_photo_is_shown_or_refused() {
    let whole = jpeg(&picture(640, 480));
    match images_of(whole[..whole.len() / 2].to_vec(), Upright::ByMetadata) {
        Ok(made) => assert_eq!((made.images[0].width, made.images[0].height), (640, 480)),
        Err(unfit) => assert_eq!(unfit, Unfit::Damaged),
    }
}
