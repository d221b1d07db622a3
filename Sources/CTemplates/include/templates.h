#ifndef REINIT_TEMPLATES_H
#define REINIT_TEMPLATES_H

// A file of an example in Plugins/Examples, as text.
struct reinit_template_file {
  const char *_Nullable path; // from Plugins/Examples on
  const char *_Nullable text;
};

// The files of all examples; a null path ends them.
const struct reinit_template_file *_Nonnull reinit_template_files(void);

#endif
