/* Holds Gabor kernels against reference.json: numbers of OpenCV. */
#include "../filter.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

/* Reads the file's numbers by key, in the order of the file. */
class Reference {
 public:
  explicit Reference(const char *path) {
    std::stringstream all;
    all << std::ifstream(path).rdbuf();
    text_ = all.str();
  }
  bool more(const std::string &key, const std::string &end) const {
    return text_.find(quoted(key), at_) < text_.find(quoted(end), at_);
  }
  double number(const std::string &key) {
    skip_to(key);
    return std::strtod(text_.c_str() + text_.find(':', at_) + 1, nullptr);
  }
  std::vector<double> list(const std::string &key, size_t count) {
    skip_to(key);
    const char *next = text_.c_str() + text_.find('[', at_) + 1;
    std::vector<double> out;
    while (out.size() < count) {
      char *after = nullptr;
      out.push_back(std::strtod(next, &after));
      next = after + 1;
    }
    return out;
  }

 private:
  static std::string quoted(const std::string &key) { return '"' + key + "\":"; }
  void skip_to(const std::string &key) {
    at_ = text_.find(quoted(key), at_);
    if (at_ == std::string::npos) std::exit(2);
  }
  std::string text_;
  size_t at_ = 0;
};

int compared = 0, failed = 0;

void test_kernel(Reference &reference) {
  const size_t height = size_t(reference.number("height")), width = size_t(reference.number("width"));
  gabor::Filter filter;
  filter.sigma = reference.number("sigma"), filter.orientation = reference.number("theta");
  filter.wavelength = reference.number("wavelength"), filter.gamma = reference.number("gamma");
  filter.phase = reference.number("phase");
  const std::vector<double> expected = reference.list("taps", height * width);
  std::vector<double> found(height * width);
  gabor::sample(filter, height, width, found);
  for (size_t i = 0; i < found.size(); i++) {
    compared++;
    if (std::abs(found[i] - expected[i]) <= 1e-14) continue;
    failed++;
    std::printf("tap %zu: expected %.17g, found %.17g\n", i, expected[i], found[i]);
  }
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 2) return std::fprintf(stderr, "numbers reference.json\n"), 2;
  Reference reference(argv[1]);
  while (reference.more("height", "weights")) test_kernel(reference);
  std::printf("%d numbers compared, %d differ\n", compared, failed);
  return failed || compared != 273 ? 1 : 0;
}
