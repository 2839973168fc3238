"""Read an OME-Zarr 0.5 and an OME-TIFF that hold the same image, with zarr 3.1.6 and tifffile 2026.3.3; print what they say as JSON."""
import json
import sys

import numpy as np
import tifffile
import zarr

group = zarr.open_group(sys.argv[1], mode="r")
multiscale = group.attrs["ome"]["multiscales"][0]
pixels = group[multiscale["datasets"][0]["path"]][...]
scale = multiscale["datasets"][0]["coordinateTransformations"][0]["scale"]
axes = "".join(axis["name"].upper() for axis in multiscale["axes"])
with tifffile.TiffFile(sys.argv[2]) as file:
    series = file.series[0]
    same = file.is_bigtiff and file.is_ome and series.axes == axes and np.array_equal(series.asarray(), pixels)
print(json.dumps({"shape": pixels.shape, "axes": axes, "spacing": scale[-2:], "same": bool(same), "type": str(pixels.dtype)}))
