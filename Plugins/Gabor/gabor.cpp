/* A bank of Gabor filters for first convolutions. Petkov and Kruizinga 1997; Alekseev and Bobe 2019. */
#include <reinit/plugin.hpp>

#include "filter.hpp"

namespace ri = reinit::plugin;

namespace {

enum class Pick { bank, random };
enum class Scale { fan_in, none };

/* What the axes of a weight are: [out, in, height, width], [out, in, width], or both with `out` second. */
struct Axes {
  uint64_t first, second, height, width;
  bool out_is_second, is_flat;

  uint64_t taps() const { return height * width; }
  uint64_t outputs() const { return out_is_second ? second : first; }
  uint64_t output_of(uint64_t kernel) const { return out_is_second ? kernel % second : kernel / second; }

  explicit Axes(const ri::Fill &tensor) {
    const ri::Shape shape = tensor.shape();
    if (shape.rank() != 3 && shape.rank() != 4)
      throw ri::Error(RI_SHAPE, "gabor is for convolutions: expected [out, in, (height,) width], found ",
                      shape);
    is_flat = shape.rank() == 3;
    first = uint64_t(shape[0]), second = uint64_t(shape[1]);
    height = is_flat ? 1 : uint64_t(shape[2]), width = uint64_t(shape.back());
    const ri_geometry *geometry = tensor.geometry();
    out_is_second = geometry && geometry->out_axis == 1;
    if (geometry && (geometry->n_in_axes != 1 || geometry->out_axis + geometry->in_axes[0] != 1))
      throw ri::Error(RI_SHAPE,
                      "the kernel's axes must come last: expected [out, in, ...], found another order");
    check_kernel(shape);
  }

 private:
  void check_kernel(ri::Shape shape) const {
    const uint64_t low = is_flat ? width : std::min(height, width), high = std::max(height, width);
    if (low < 2)
      throw ri::Error(RI_SHAPE, "the kernel is too small: expected at least 2 taps along each axis, found ",
                      shape);
    if (high > 2 * low)
      throw ri::Error(RI_SHAPE, "the kernel is too oblong: expected sides within a factor of 2, found ",
                      shape);
  }
};

struct Gabor {
  static constexpr double octaves[] = {4, 5.656854249492381, 8, 11.313708498984761, 16};
  static constexpr double quadrature[] = {0, 1.5707963267948966};
  static constexpr double silence = 1e-12; /* a mean square below is rounding, and nothing to scale up */

  int64_t orientations = 8;
  std::span<const double> wavelengths = octaves, phases = quadrature;
  double sigma = 0.56, gamma = 0.5, gain = 1.4142135623730951;
  bool zero_mean = false;
  Scale scale = Scale::fan_in;
  Pick pick = Pick::bank;

  uint64_t angles(const Axes &axes) const { return axes.is_flat ? 1 : uint64_t(orientations); }

  gabor::Filter filter(uint64_t orientation, uint64_t wavelength, uint64_t phase) const {
    const double length = wavelengths[wavelength];
    const double angle =
        std::numbers::pi * static_cast<double>(orientation) / static_cast<double>(orientations);
    return {length, angle, phases[phase], sigma * length, gamma};
  }
  /* Orientations turn fastest, then phases, then wavelengths. */
  gabor::Filter member(uint64_t index, const Axes &axes) const {
    const uint64_t turns = angles(axes);
    return filter(index % turns, index / turns / phases.size() % wavelengths.size(),
                  index / turns % phases.size());
  }
  gabor::Filter filter_of(uint64_t kernel, const Axes &axes, const ri::Random &random) const {
    if (pick == Pick::bank) return member(axes.output_of(kernel), axes);
    const auto drawn = [&](uint32_t lane, uint64_t count) {
      uint32_t word = 0;
      random.lane(lane).words(kernel, {&word, 1});
      return uint64_t(word) * count >> 32;
    };
    return filter(drawn(0, angles(axes)), drawn(1, wavelengths.size()), drawn(2, phases.size()));
  }

  /* The kernel's values, scaled such that their mean square is gain²/fan_in. */
  void draw(const gabor::Filter &filter, const Axes &axes, double fan_in, std::span<double> taps) const {
    gabor::sample(filter, axes.height, axes.width, taps);
    if (zero_mean) gabor::subtract_mean(taps);
    double factor = gain;
    if (scale == Scale::fan_in) {
      const double energy = gabor::mean_square(taps);
      if (!(energy > silence))
        throw ri::Error(RI_INVALID, "wavelength ", filter.wavelength, " and phase ", filter.phase,
                        " are 0 at all taps: expected another phase, wavelength or kernel");
      factor /= std::sqrt(fan_in * energy);
    }
    for (double &tap : taps) tap *= factor;
  }

  void expect_waves() const {
    if (wavelengths.empty() || phases.empty())
      throw ri::Error(RI_INVALID, "the bank is empty: expected wavelengths and phases");
  }

  void check(const ri::Fill &tensor) const {
    const Axes axes(tensor);
    expect_waves();
    const uint64_t all = angles(axes) * wavelengths.size() * phases.size();
    std::vector<double> taps(axes.taps());
    for (uint64_t i = 0; i < (pick == Pick::bank ? std::min(all, axes.outputs()) : all); i++)
      draw(member(i, axes), axes, 1, taps);
  }

  void fill(const ri::Fill &range) const {
    const Axes axes(range);
    expect_waves();
    const std::span<float> out = range.out();
    std::vector<double> taps(axes.taps());
    gabor::Filter last{.wavelength = 0};
    for (uint64_t i = 0; i < out.size();) {
      const uint64_t kernel = (range.offset() + i) / taps.size(), from = (range.offset() + i) % taps.size();
      const gabor::Filter next = filter_of(kernel, axes, range.random());
      if (!(next == last)) draw(next, axes, range.fan_in(), taps);
      last = next;
      for (uint64_t k = from; k < taps.size() && i < out.size(); k++) out[i++] = static_cast<float>(taps[k]);
    }
  }

  static constexpr ri::InitializerInfo about{
      .name = "gabor",
      .summary = "a bank of Gabor filters: waves of several lengths, directions and phases under a Gaussian",
      .formula = "w = s·exp(−(x'² + γ²y'²)/(2(σλ)²))·cos(2πx'/λ + φ), mean of w² in a kernel gain²/fan_in",
      .reference = "Petkov and Kruizinga 1997, eq. 1; Alekseev and Bobe, GaborNet, 2019",
      .flags = RI_INITIALIZER_NEEDS_FANS,
      .tolerance = 1e-6};
  static constexpr auto parameters() {
    return std::tuple(
        ri::param("orientations", &Gabor::orientations,
                  "how many directions, at equal angles over half a turn")
            .min(1)
            .max(360),
        ri::param("wavelengths", &Gabor::wavelengths, "λ of the waves, in taps").min(2).max(1e6),
        ri::param("phases", &Gabor::phases, "φ, in radians: 0 even, π/2 odd"),
        ri::param("sigma", &Gabor::sigma, "σ of the Gaussian, in wavelengths; 0.56: one octave wide")
            .above(0),
        ri::param("gamma", &Gabor::gamma, "γ, the Gaussian's width over its length").above(0),
        ri::param("gain", &Gabor::gain, "factor; √2 goes with ReLU").min(0),
        ri::param("zero_mean", &Gabor::zero_mean, "whether each kernel's mean is taken off"),
        ri::param("scale", &Gabor::scale, "fan_in: mean square gain²/fan_in; none: the formula times gain")
            .choices("fan_in", "none"),
        ri::param("pick", &Gabor::pick,
                  "bank: one filter for each output, in order; random: any for each kernel")
            .choices("bank", "random"));
  }
};

} // namespace

REINIT_PLUGIN("org.reinit.gabor", "1.0.0", "MIT", "Gabor filter banks", ri::initializer<Gabor>());
