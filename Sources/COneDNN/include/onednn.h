/* The few operations of oneDNN that a forward pass uses, over pictures [N, C, H, W] of 32-bit floats.
 *
 * The library, of version 2 or 3 as the headers were, is opened when rd_load is first called: nothing links it, and
 * it changes nothing of the process. Every function that makes a tensor gives NULL where oneDNN cannot do it; the
 * caller then does it another way. Tensors may be used from one thread at a time. */
#ifndef RD_ONEDNN_H
#define RD_ONEDNN_H
#include <stdbool.h>
#include <stdint.h>

/* Pictures in whatever order oneDNN likes. */
typedef struct rd_tensor rd_tensor;

/* Functions of each element. */
typedef enum rd_function {
  RD_NONE, RD_RELU, RD_RELU6, RD_GELU, RD_SILU, RD_SIGMOID, RD_TANH, RD_HARDSWISH
} rd_function;

/* A convolution. */
typedef struct rd_convolution {
  int64_t input[4], output[4];
  int64_t kernel[2], stride[2], padding[2], dilation[2];
  int64_t groups;
  rd_function function;
  /* Offsets of channels, and whether something is added to the result before the function: 0 or 1. No padding: descriptions
   * are compared by their bytes. */
  int32_t has_bias;
  int64_t has_addend;
} rd_convolution;

/* A convolution that has been made ready for pictures of one size: the compiled code, and the weights in its order. */
typedef struct rd_prepared rd_prepared;

/* A pool; the margins behind may be larger than those before. */
typedef struct rd_window {
  int64_t output[4];
  int64_t kernel[2], stride[2], before[2], behind[2];
  bool is_mean;
} rd_window;

/* Opens the library; NULL if it is there, or the reason why not. */
const char *rd_load(void);
/* Its version, as in "3.2.0"; NULL before it is opened. */
const char *rd_version(void);
/* Begins a pass of the calling thread: its operations use that many threads. Gives what rd_end is given at its end,
 * which leaves threads as they were. Passes may lie in one another. */
int rd_begin(int threads);
void rd_end(int before);
/* Calls the body once for each index below the count, on the threads that operations use. */
void rd_spread(int count, void (*body)(void *context, int index), void *context);

/* A view of elements in row-major order, which outlive it. */
rd_tensor *rd_view(const int64_t sizes[4], const float *elements);
void rd_free(rd_tensor *tensor);
/* The elements in row-major order. */
bool rd_read(const rd_tensor *tensor, float *elements);
/* The elements in whatever order; NULL for a view, and where others lie between them: channels may be padded. */
const float *rd_elements(const rd_tensor *tensor);
/* Returns the memory that tensors leave behind to the system. */
void rd_trim(void);

/* Pictures that are added to a result before the function. */
typedef struct rd_addend {
  rd_tensor *pictures;
  bool is_free;  /* set by the caller: nobody else wants them, so that the result may have their memory */
  bool is_taken; /* set by rd_convolve, even where it fails: only rd_free may follow for the pictures */
} rd_addend;

/* `*prepared` is NULL at first, and then holds what can be used again; weights are [out, in/groups, kh, kw] and may be NULL
 * where they have been given before: the result is NULL too where they are needed in another order. Every byte of the
 * description counts. The addend is NULL where nothing is added. */
rd_tensor *rd_convolve(
  const rd_convolution *convolution, const rd_tensor *x, const float *weights, const float *bias, rd_addend *addend,
  rd_prepared **prepared);
void rd_forget(rd_prepared *prepared);
rd_tensor *rd_pool(const rd_window *window, const rd_tensor *x);
/* (x - mean) * scale + shift by channel, at least 0 if asked. */
rd_tensor *rd_normalize(
  const rd_tensor *x, const float *mean, const float *scale, const float *shift, bool is_rectified);
rd_tensor *rd_activate(const rd_tensor *x, rd_function function);
/* The sum or product; axes of y of size 1 are repeated. */
rd_tensor *rd_combine(const rd_tensor *x, const rd_tensor *y, bool is_product, rd_function function);
/* One after the other along the channels; with room for more, where the first one was made so too. */
rd_tensor *rd_concatenate(const rd_tensor *const *parts, int count);
#endif
