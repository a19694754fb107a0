//! Encodes pixels, and nothing else.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageEncoder, ImageError, Rgb, RgbImage};
use portico_core::files::RenditionKind;
use portico_core::files::content::{MadeFormat, MadeImage};

/// Quality of JPEG files.
const QUALITY: u8 = 85;
/// A graphic that takes more bytes than this as PNG is a photo.
const MAX_PNG: usize = 4 * 1024 * 1024;

/// Encodes an image: as PNG if it has transparent parts or is a graphic, otherwise as JPEG.
pub(crate) fn encode(image: &DynamicImage, kind: RenditionKind, is_graphic: bool) -> Result<MadeImage, ImageError> {
    let is_transparent = is_transparent(image);
    let png = if is_transparent || is_graphic { Some(as_png(image, is_transparent)?) } else { None };
    let (format, bytes) = match png.filter(|bytes| bytes.len() <= MAX_PNG) {
        Some(bytes) => (MadeFormat::Png, bytes),
        None => (MadeFormat::Jpeg, as_jpeg(image)?),
    };
    Ok(MadeImage { kind, format, width: image.width(), height: image.height(), bytes })
}

fn is_transparent(image: &DynamicImage) -> bool {
    image.as_rgba8().is_some_and(|image| image.pixels().any(|pixel| pixel.0[3] != u8::MAX))
}

fn as_png(image: &DynamicImage, is_transparent: bool) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    if is_transparent {
        image.write_with_encoder(encoder)?;
    } else {
        let image = image.to_rgb8();
        encoder.write_image(image.as_raw(), image.width(), image.height(), image::ExtendedColorType::Rgb8)?;
    }
    Ok(bytes)
}

fn as_jpeg(image: &DynamicImage) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    match image.as_rgba8() {
        Some(image) => {
            let on_white = |channel: u8, alpha: u8| {
                let (channel, alpha) = (u16::from(channel), u16::from(alpha));
                u8::try_from((channel * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
            };
            let opaque = RgbImage::from_fn(image.width(), image.height(), |x, y| {
                let [red, green, blue, alpha] = image.get_pixel(x, y).0;
                Rgb([on_white(red, alpha), on_white(green, alpha), on_white(blue, alpha)])
            });
            opaque.write_with_encoder(encoder)?;
        }
        None => image.write_with_encoder(encoder)?,
    }
    Ok(bytes)
}
