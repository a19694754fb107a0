//! Where companies build.

/// Where a company builds.
pub(super) struct Market {
    pub(super) region: &'static str,
    pub(super) country: &'static str,
    pub(super) currency: &'static str,
    /// The first digits of telephone numbers; seven follow.
    pub(super) dial: &'static str,
    pub(super) locale: &'static str,
    pub(super) towns: &'static [Town],
}

/// A town, its state or county, the form of its postal codes (`#` a digit, `@` a letter), and its time zone.
pub(super) struct Town(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
);

/// Markets, each with its weight among companies.
pub(super) static MARKETS: [(u32, &Market); 6] = [
    (
        60,
        &Market {
            region: "US",
            country: "US",
            currency: "USD",
            dial: "+1206",
            locale: "en-US",
            towns: &[
                Town("Bellingham", "WA", "982##", "America/Los_Angeles"),
                Town("Boise", "ID", "837##", "America/Boise"),
                Town("Fort Collins", "CO", "805##", "America/Denver"),
                Town("Madison", "WI", "537##", "America/Chicago"),
                Town("Asheville", "NC", "288##", "America/New_York"),
                Town("Portland", "ME", "041##", "America/New_York"),
            ],
        },
    ),
    (
        14,
        &Market {
            region: "CA",
            country: "CA",
            currency: "CAD",
            dial: "+1604",
            locale: "en-CA",
            towns: &[
                Town("Kelowna", "BC", "V1Y #@#", "America/Vancouver"),
                Town("Guelph", "ON", "N1G #@#", "America/Toronto"),
                Town("Halifax", "NS", "B3H #@#", "America/Halifax"),
            ],
        },
    ),
    (
        10,
        &Market {
            region: "AU",
            country: "AU",
            currency: "AUD",
            dial: "+612",
            locale: "en-AU",
            towns: &[
                Town("Newcastle", "NSW", "22##", "Australia/Sydney"),
                Town("Ballarat", "VIC", "33##", "Australia/Melbourne"),
            ],
        },
    ),
    (
        5,
        &Market {
            region: "NZ",
            country: "NZ",
            currency: "NZD",
            dial: "+643",
            locale: "en-NZ",
            towns: &[Town("Nelson", "Tasman", "70##", "Pacific/Auckland")],
        },
    ),
    (
        6,
        &Market {
            region: "EU",
            country: "IE",
            currency: "EUR",
            dial: "+3531",
            locale: "en-IE",
            towns: &[Town("Galway", "Connacht", "H91 @#@#", "Europe/Dublin")],
        },
    ),
    (
        5,
        &Market {
            region: "GB",
            country: "GB",
            currency: "GBP",
            dial: "+4411",
            locale: "en-GB",
            towns: &[
                Town("Bath", "Somerset", "BA1 #@@", "Europe/London"),
                Town("York", "North Yorkshire", "YO1 #@@", "Europe/London"),
            ],
        },
    ),
];
