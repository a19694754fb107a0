//! Makes the images of a photo.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits, guess_format};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use portico_core::files::content::{DAMAGED, MAX_PIXELS, MadeImages, SIZES, TOO_LARGE, UNSUPPORTED};

use crate::encode::encode;
use crate::facts::facts_of;

/// Maximum length of a side, in pixels.
const MAX_SIDE: u32 = 32_768;
/// Maximum memory of a decoder, as far as it keeps to it. The limits of the process hold in any case.
const DECODER_MEMORY: u64 = 768 * 1024 * 1024;

/// Why no images can be made of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// The format is not supported.
    Unsupported,
    /// It has too many pixels, or needs too much memory.
    TooLarge,
    /// It is damaged.
    Damaged,
}

impl Unfit {
    /// The exit code of the program.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Unsupported => UNSUPPORTED,
            Self::TooLarge => TOO_LARGE,
            Self::Damaged => DAMAGED,
        }
    }
}

impl From<ImageError> for Unfit {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            ImageError::Unsupported(_) => Self::Unsupported,
            _ => Self::Damaged,
        }
    }
}

/// Which way up the pixels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upright {
    /// As the metadata say.
    ByMetadata,
    /// Upright already: another program has applied the metadata, and may have copied them.
    Already,
}

/// Makes the images of a photo from its pixels alone, so that nothing else of it can be in them.
///
/// # Errors
///
/// [`Unfit`] if none can be made.
pub fn images_of(bytes: Vec<u8>, upright: Upright) -> Result<MadeImages, Unfit> {
    let input = Cursor::new(bytes);
    let format = guess_format(input.get_ref()).map_err(|_| Unfit::Unsupported)?;
    match format {
        ImageFormat::Jpeg => make(JpegDecoder::new(input)?, false, upright),
        ImageFormat::WebP => make(WebPDecoder::new(input)?, false, upright),
        ImageFormat::Png => make(PngDecoder::with_limits(input, limits())?, true, upright),
        // The first frame of an animation.
        ImageFormat::Gif => make(GifDecoder::new(input)?, true, upright),
        _ => Err(Unfit::Unsupported),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(DECODER_MEMORY);
    limits
}

fn make(mut decoder: impl ImageDecoder, is_graphic: bool, upright: Upright) -> Result<MadeImages, Unfit> {
    // By the header, before memory is taken for pixels.
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Unfit::TooLarge);
    }
    decoder.set_limits(limits())?;
    // What is wrong with metadata is no reason to reject pixels.
    let exif = decoder.exif_metadata().ok().flatten();
    let facts = exif.clone().map(facts_of).unwrap_or_default();
    let orientation = match upright {
        Upright::ByMetadata => exif.as_deref().and_then(Orientation::from_exif_chunk),
        Upright::Already => None,
    };
    drop(exif);
    let profile = decoder.icc_profile().ok().flatten();
    let mut image = DynamicImage::from_decoder(decoder)?;
    let mut images = Vec::with_capacity(SIZES.len());
    for (index, (kind, longest)) in SIZES.into_iter().enumerate() {
        let is_larger = image.width().max(image.height()) > longest;
        if index == 0 {
            if is_larger {
                // Takes memory for the result only.
                image = image.thumbnail(longest, longest);
            }
            image = in_srgb(image, profile.as_deref());
            image.apply_orientation(orientation.unwrap_or(Orientation::NoTransforms));
        } else if is_larger {
            image = image.resize(longest, longest, FilterType::Lanczos3);
        }
        images.push(encode(&image, kind, is_graphic)?);
    }
    Ok(MadeImages { facts, images })
}

/// The image with 8 bits for each channel, in sRGB: its profile is metadata, and is lost. An unknown profile is ignored.
fn in_srgb(image: DynamicImage, profile: Option<&[u8]>) -> DynamicImage {
    let has_alpha = image.color().has_alpha();
    let image = if has_alpha {
        DynamicImage::ImageRgba8(image.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(image.into_rgb8())
    };
    let Some(profile) = profile.and_then(|profile| ColorProfile::new_from_slice(profile).ok()) else { return image };
    if profile.color_space != DataColorSpace::Rgb {
        return image;
    }
    let layout = if has_alpha { Layout::Rgba } else { Layout::Rgb };
    let options = TransformOptions::default();
    let srgb = ColorProfile::new_srgb();
    let Ok(transform) = profile.create_transform_8bit(layout, &srgb, layout, options) else { return image };
    let mut converted = vec![0; image.as_bytes().len()];
    if transform.transform(image.as_bytes(), &mut converted).is_err() {
        return image;
    }
    let (width, height) = (image.width(), image.height());
    let converted = if has_alpha {
        image::RgbaImage::from_raw(width, height, converted).map(DynamicImage::ImageRgba8)
    } else {
        image::RgbImage::from_raw(width, height, converted).map(DynamicImage::ImageRgb8)
    };
    converted.unwrap_or(image)
}
