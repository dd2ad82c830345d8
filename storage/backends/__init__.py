"""Where blobs stand. `base` is what an object store must offer; `folder` keeps them in a folder."""
