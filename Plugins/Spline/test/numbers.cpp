/* Holds B-splines, fits and forward passes against reference.json: numbers of SciPy and NumPy. */
#include "../forward.hpp"
#include "../noise.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace {

/* Reads the file's numbers by key, in the order of the file. */
class Reference {
 public:
  explicit Reference(const char *path) {
    std::stringstream all;
    all << std::ifstream(path).rdbuf();
    text_ = all.str();
  }
  /* Whether `key` comes before `end` does. */
  bool more(const std::string &key, const std::string &end) const {
    return text_.find(quoted(key), at_) < text_.find(quoted(end), at_);
  }
  void skip_to(const std::string &key) {
    at_ = text_.find(quoted(key), at_);
    if (at_ == std::string::npos) std::exit(2);
  }
  std::vector<double> list(const std::string &key) {
    skip_to(key);
    at_ = text_.find('[', at_) + 1;
    const size_t end = text_.find(']', at_);
    std::vector<double> out;
    while (at_ < end) {
      char *after = nullptr;
      const double value = std::strtod(text_.c_str() + at_, &after);
      if (after == text_.c_str() + at_) break;
      out.push_back(value);
      at_ = size_t(after - text_.c_str()) + 1;
    }
    at_ = end;
    return out;
  }
  std::vector<float> floats(const std::string &key) {
    const std::vector<double> wide = list(key);
    return {wide.begin(), wide.end()};
  }
  int64_t integer(const std::string &key) {
    skip_to(key);
    return std::strtoll(text_.c_str() + text_.find(':', at_) + 1, nullptr, 10);
  }

 private:
  static std::string quoted(const std::string &key) { return '"' + key + "\":"; }
  std::string text_;
  size_t at_ = 0;
};

int compared = 0, failed = 0;

void expect(const char *what, double found, double expected, double tolerance) {
  compared++;
  if (std::abs(found - expected) <= tolerance) return;
  failed++;
  std::printf("%s: expected %.17g, found %.17g\n", what, expected, found);
}

void test_basis(Reference &reference) {
  const int64_t order = reference.integer("order");
  const std::vector<double> knots = reference.list("knots"), x = reference.list("x"),
                            values = reference.list("values");
  const size_t splines = values.size() / x.size();
  for (size_t i = 0; i < x.size(); i++) {
    const spline::Local local = spline::basis_at(std::span<const double>(knots), order, x[i]);
    std::vector<double> row(splines);
    for (int64_t r = 0; r < local.count; r++) row.at(size_t(local.first + r)) = local.values[size_t(r)];
    for (size_t j = 0; j < splines; j++) expect("basis", row[j], values[i * splines + j], 1e-13);
  }
}

void test_fit(Reference &reference) {
  const int64_t order = reference.integer("order"), size = reference.integer("grid_size");
  const std::vector<float> values = reference.floats("values");
  const std::vector<double> expected = reference.list("coefficients");
  const spline::Fit fit(size, order);
  std::vector<double> work(values.size()), found(expected.size());
  fit.solve(values, work, found);
  for (size_t i = 0; i < expected.size(); i++) expect("fit", found[i], expected[i], 1e-13);
}

void test_forward(Reference &reference) {
  spline::Weights weights;
  weights.order = reference.integer("order"), weights.grid_size = reference.integer("grid_size");
  const size_t rows = size_t(reference.integer("rows"));
  weights.in = reference.integer("in"), weights.out = reference.integer("out");
  const std::vector<float> grid = reference.floats("grid"), base = reference.floats("base_weight");
  const std::vector<float> splines = reference.floats("spline_weight"),
                           scaler = reference.floats("spline_scaler"), x = reference.floats("x");
  const std::vector<double> y = reference.list("y");
  weights.grid = grid, weights.base = base, weights.splines = splines, weights.scaler = scaler;
  spline::Rows passes(weights);
  const size_t in = size_t(weights.in), out = size_t(weights.out);
  std::vector<float> row(out);
  for (size_t n = 0; n < rows; n++) {
    passes.run(std::span(x).subspan(n * in, in), row);
    for (size_t o = 0; o < out; o++)
      expect("forward", static_cast<double>(row[o]), y[n * out + o], 2e-7 * (1 + std::abs(y[n * out + o])));
  }
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 2) return std::fprintf(stderr, "numbers reference.json\n"), 2;
  Reference reference(argv[1]);
  for (reference.skip_to("basis"); reference.more("order", "fit");) test_basis(reference);
  for (reference.skip_to("fit"); reference.more("order", "forward");) test_fit(reference);
  for (reference.skip_to("forward"); reference.more("order", "inverses");) test_forward(reference);
  std::printf("%d numbers compared, %d differ\n", compared, failed);
  return failed || compared < 700 ? 1 : 0;
}
