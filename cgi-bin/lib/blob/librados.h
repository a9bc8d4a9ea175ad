// librados: Ceph's client library, loaded where a store asks for it. It is large, and most programs
// never do.
//
//   auto rados = librados();
//   if (!rados) return rados.error();
//   (*rados)->connect(cluster);   // rados_connect(cluster)

#pragma once

#include <rados/librados.h>

#include "base/result.h"

namespace coffer {

// Every function of it that we call, without its rados_.
#define COFFER_LIBRADOS(function)                                                                  \
  function(create) function(conf_read_file) function(conf_set) function(connect)                   \
      function(shutdown) function(ioctx_create) function(ioctx_destroy)                            \
          function(set_pool_full_try) function(aio_create_completion2)                             \
              function(aio_wait_for_complete) function(aio_get_return_value) function(aio_release) \
                  function(aio_write) function(aio_read) function(aio_remove)                      \
                      function(create_write_op) function(release_write_op)                         \
                          function(write_op_operate2) function(write_op_omap_cmp2)                 \
                              function(write_op_omap_set2) function(write_op_omap_rm_keys2)        \
                                  function(create_read_op) function(release_read_op)               \
                                      function(read_op_operate) function(read_op_omap_get_vals2)   \
                                          function(omap_get_next2) function(omap_get_end)

struct Librados {
#define COFFER_DECLARE(function) decltype(&rados_##function) function = nullptr;
  COFFER_LIBRADOS(COFFER_DECLARE)
#undef COFFER_DECLARE
};

/// Loads it at the first call. Errc::internal with a sentence for the operator if it is not there.
Result<const Librados*> librados();

}  // namespace coffer
