/* Fills two layers in memory of this program, and makes a range of one again.
 *
 *     cc example.c $(pkg-config --cflags --libs libreinit) -o example && ./example
 */
#include <reinit/library.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char description[] =
    "{\"layers\": [{\"path\": \"fc\", \"type\": \"Dense(in: 64, out: 32)\"},"
    "             {\"path\": \"conv\", \"type\": \"Conv(in: 8, out: 16, kernel: [3, 3], groups: 2, bias: false)\"}],"
    " \"tensors\": [{\"name\": \"fc.weight\", \"shape\": [32, 64], \"dtype\": \"f32\"},"
    "              {\"name\": \"fc.bias\", \"shape\": [32], \"dtype\": \"f32\"},"
    "              {\"name\": \"conv.weight\", \"shape\": [16, 4, 3, 3], \"dtype\": \"f32\"}]}";
static const char rules[] =
    "{\"seed\": 7, \"rules\": [{\"fill\": \"@weight=kaiming_normal\"}, {\"fill\": \"*.bias=zeros\"}]}";

static float weight[32 * 64], bias[32], kernel[16 * 4 * 9], part[100];

int main(void) {
  void *const memory[] = {weight, bias, kernel};
  reinit_tree *tree = NULL;
  reinit_plan *plan = NULL;
  reinit_error *error = NULL;
  char *receipt = NULL;
  if (reinit_tree_open(NULL, description, strlen(description), &tree, &error) != 0 ||
      reinit_plan_make(tree, rules, strlen(rules), NULL, 0, &plan, &error) != 0 ||
      reinit_fill(plan, memory, 3, 0, &error) != 0 || reinit_plan_values(plan, 0, 500, 100, part, &error) != 0 ||
      reinit_plan_receipt(plan, (const void *const *)memory, 3, &receipt, &error) != 0) {
    fprintf(stderr, "%s\n", reinit_error_text(error));
    return EXIT_FAILURE;
  }
  printf("reinit %s: fc.weight[0, 0] is %.9g, %s\n", reinit_version(), weight[0],
         memcmp(part, weight + 500, sizeof part) == 0 ? "and a range is the same bits" : "and a range differs");
  reinit_text_free(receipt);
  reinit_plan_free(plan);
  reinit_tree_free(tree);
  return EXIT_SUCCESS;
}
