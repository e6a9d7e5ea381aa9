"""What catenary-functions gives: the functions of `catenary.functions`."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"

#: The names that each module gives; a test holds them to the `__all__` of the modules.
NAMES = {
    "activation.bounded": "clipped_relu hard_sigmoid hard_swish relu6",
    "activation.channels": "crelu glu maxout",
    "activation.gates": "gelu mish silu swish",
    "activation.probabilities": "log_softmax softmax",
    "activation.rectifiers": "celu elu leaky_relu prelu relu rrelu selu",
    "activation.smooth": "log_sigmoid sigmoid softplus softsign tanh",
    "array.choosing": "as_strided diagonal get_item one_hot permutate scatter_add select_item take_along_axis where",
    "array.images": "depth2space pixel_shuffle pixel_unshuffle space2depth",
    "array.joining": "concat dstack hstack separate split_axis stack vstack",
    "array.moving": "copy flip fliplr flipud",
    "array.padding": "pad pad_sequence transpose_sequence",
    "array.repeating": "repeat tile",
    "array.sampling": "resize_images spatial_transformer_grid spatial_transformer_sampler",
    "array.shapes": (
        "broadcast broadcast_to cast expand_dims flatten moveaxis reshape rollaxis squeeze sum_to swapaxes transpose"
    ),
    "connection.affine_maps": "affine bilinear linear",
    "connection.attention": "rotary_embedding scaled_dot_product_attention",
    "connection.convolution": (
        "convolution_1d convolution_2d convolution_3d convolution_nd depthwise_convolution_2d dilated_convolution_2d"
    ),
    "connection.deconvolution": "deconvolution_1d deconvolution_2d deconvolution_3d deconvolution_nd",
    "connection.shifting": "shift",
    "connection.tables": "embed_id",
    "connection.uneven": "deformable_convolution_2d_sampler local_convolution_2d",
    "evaluation.classification": "accuracy binary_accuracy top_k_accuracy",
    "evaluation.regression": "r2_score",
    "evaluation.summary": "classification_summary f1_score precision recall",
    "loss.classification": "hinge sigmoid_cross_entropy softmax_cross_entropy",
    "loss.covariance": "cross_covariance decov",
    "loss.distances": (
        "contrastive cosine_embedding_loss cosine_similarity discriminative_margin_based_clustering_loss triplet"
    ),
    "loss.focal": "sigmoid_focal_loss softmax_focal_loss",
    "loss.likelihood": "bernoulli_nll gaussian_kl_divergence gaussian_nll",
    "loss.random_fields": "argmax_crf1d crf1d",
    "loss.regression": "absolute_error huber_loss mean_absolute_error mean_squared_error smooth_l1_loss squared_error",
    "loss.sampling": "black_out negative_sampling",
    "loss.temporal": "connectionist_temporal_classification",
    "math.channels": "bias scale",
    "math.cumulative": "cumprod cumsum prod",
    "math.elementwise": "absolute add clip exp identity log maximum minimum rsqrt sqrt square",
    "math.fourier": "fft ifft",
    "math.linear_algebra": "batch_det batch_inv cholesky det inv",
    "math.logarithms": "expm1 log10 log1p log2",
    "math.pairs": "linear_interpolate squared_difference",
    "math.products": "batch_matmul einsum matmul tensordot",
    "math.reduction": "argmax argmin average batch_l2_norm_squared logsumexp max mean min sum",
    "math.rounding": "ceil fix floor fmod sign",
    "math.sparse": "CooMatrix sparse_matmul to_coo",
    "math.special": "digamma erf erfc erfcinv erfcx erfinv lgamma log_ndtr ndtr ndtri polygamma zeta",
    "math.trigonometry": "arccos arcsin arctan arctan2 arctanh cos cosh sin sinh tan",
    "noise.drawing": "gaussian gumbel_softmax",
    "noise.dropping": "drop_path dropout simplified_dropconnect zoneout",
    "normalization.batch": "batch_normalization fixed_batch_normalization",
    "normalization.decorrelation": "decorrelated_batch_normalization fixed_decorrelated_batch_normalization",
    "normalization.features": "group_normalization instance_normalization layer_normalization rms_norm",
    "normalization.lengths": "local_response_normalization normalize",
    "normalization.renormalization": "batch_renormalization fixed_batch_renormalization",
    "pooling.maxima": "max_pooling_1d max_pooling_2d max_pooling_3d max_pooling_nd upsampling_2d",
    "pooling.means": (
        "adaptive_average_pooling_2d average_pooling_1d average_pooling_2d average_pooling_3d average_pooling_nd "
        "unpooling_1d unpooling_2d unpooling_3d unpooling_nd"
    ),
    "pooling.pyramid": "spatial_pyramid_pooling_2d",
    "pooling.regions": "roi_average_align_2d roi_average_pooling_2d roi_max_align_2d roi_max_pooling_2d roi_pooling_2d",
    "rnn.cells": "lstm slstm tree_lstm",
    "rnn.sequences": "n_step_bigru n_step_bilstm n_step_birnn n_step_gru n_step_lstm n_step_rnn",
    "util.forgetting": "forget",
    "windows": "im2col",
}


@hookimpl
def catenary_functions() -> dict[str, str]:
    return {name: f"catenary_functions.{module}:{name}" for module, names in NAMES.items() for name in names.split()}
